import { BioscanError, type CachedFeeds, type Tensors, type TrainingStep } from '@bioscan/core';
import { packTensors } from '../worker/protocol.js';
import { checkFeeds } from './check-feeds.js';

/** Feeds ready to be posted, and the buffers that move with them. */
export interface PackedStep {
  readonly batches: Tensors[];
  readonly whole?: Tensors;
  readonly moved: ArrayBuffer[];
}

/** Checks and packs what one call of step() is given. @throws BioscanError `mismatch`; RangeError without feeds */
export function packStep(
  feeds: Tensors | readonly Tensors[] | CachedFeeds,
  step: TrainingStep,
  transfer: boolean,
): PackedStep {
  if (isCached(feeds)) return packCached(feeds, step, transfer);
  const given = isBatches(feeds) ? feeds : [feeds];
  if (given.length === 0) throw new RangeError('runtime: a training step without feeds, expected at least one');
  return packBatches(given, step, transfer);
}

/** Checks and packs feeds of steps or micro-batches. @throws BioscanError `mismatch` */
export function packBatches(feeds: readonly Tensors[], step: TrainingStep, transfer: boolean): PackedStep {
  if (step.cached !== undefined) {
    throw mismatch(`a step in chunks got plain feeds, expected { chunks, batch } with ${step.cached.chunks} chunks`);
  }
  for (const batch of feeds) checkFeeds(batch, step.feeds, 'the training step');
  return packAll(feeds, transfer);
}

function packCached({ chunks, batch }: CachedFeeds, { cached, feeds }: TrainingStep, transfer: boolean): PackedStep {
  if (cached === undefined) throw mismatch('a plain step got { chunks, batch }, expected its feeds');
  if (chunks.length !== cached.chunks) {
    throw mismatch(`training step, got ${chunks.length} chunks, expected ${cached.chunks}`);
  }
  for (const [index, chunk] of chunks.entries()) checkFeeds(chunk, feeds, `chunk ${index} of the training step`);
  checkFeeds(batch, cached.feeds, 'the loss of the training step');
  const { batches, moved } = packAll([...chunks, batch], transfer);
  return { batches: batches.slice(0, -1), whole: batches.at(-1) ?? {}, moved };
}

function packAll(feeds: readonly Tensors[], transfer: boolean): PackedStep {
  const packed = feeds.map((batch) => packTensors(batch, transfer));
  return {
    batches: packed.map(({ tensors }) => tensors),
    // A buffer that several batches share moves once.
    moved: [...new Set(packed.flatMap(({ moved }) => moved))],
  };
}

function isCached(feeds: Tensors | readonly Tensors[] | CachedFeeds): feeds is CachedFeeds {
  return 'chunks' in feeds && Array.isArray(feeds.chunks);
}

function isBatches(feeds: Tensors | readonly Tensors[]): feeds is readonly Tensors[] {
  return Array.isArray(feeds);
}

function mismatch(message: string): BioscanError {
  return new BioscanError('mismatch', `runtime: ${message}`);
}
