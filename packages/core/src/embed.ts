import type { EmbeddingBlock, Embeddings } from './embeddings.js';
import type { Encoder } from './encoder.js';
import { BioscanError, throwIfCancelled } from './errors.js';

/** An input and the id that its vector will carry. */
export interface Identified<Input> {
  readonly id: string;
  readonly input: Input;
}

/** How far long work has come. */
export interface Progress {
  readonly done: number;
  /** Absent while the number of inputs is not known. */
  readonly total?: number;
}

export interface EmbedOptions {
  /** Inputs a call of the encoder; at most its `maxBatch`, which is the default. */
  readonly batchSize?: number;
  readonly total?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Embeds inputs lazily, in their order, one block a batch.
 * Reading the blocks does the work; reading them again does it again. Cancelling rejects with code `cancelled` between two batches.
 * @example
 * const block = await collect(embed(encoder, [{ id: 'A-1', input: 'ACGT' }]));
 */
export function embed<Input>(
  encoder: Encoder<Input>,
  inputs: Iterable<Identified<Input>> | AsyncIterable<Identified<Input>>,
  options: EmbedOptions = {},
): Embeddings {
  const batchSize = options.batchSize ?? encoder.maxBatch;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > encoder.maxBatch) {
    throw new RangeError(
      `core: batchSize must be 1 to ${encoder.maxBatch.toString()} (${encoder.id}), got ${batchSize.toString()}`,
    );
  }
  return {
    dimension: encoder.dimension,
    source: encoder.provenance,
    blocks: () => embedBlocks(encoder, inputs, batchSize, options),
  };
}

async function* embedBlocks<Input>(
  encoder: Encoder<Input>,
  inputs: Iterable<Identified<Input>> | AsyncIterable<Identified<Input>>,
  batchSize: number,
  options: EmbedOptions,
): AsyncGenerator<EmbeddingBlock> {
  let done = 0;
  for await (const batch of batches(inputs, batchSize)) {
    throwIfCancelled(options.signal, 'embed');
    const block = await encodeBatch(encoder, batch);
    done += batch.length;
    options.onProgress?.({ done, ...(options.total === undefined ? {} : { total: options.total }) });
    yield block;
  }
}

async function encodeBatch<Input>(
  encoder: Encoder<Input>,
  batch: readonly Identified<Input>[],
): Promise<EmbeddingBlock> {
  const vectors = await encoder.encode(batch.map((item) => item.input));
  const [rows, width] = vectors.shape;
  if (rows !== batch.length || width !== encoder.dimension) {
    throw new BioscanError(
      'mismatch',
      `core: encoder ${encoder.id} returned shape [${vectors.shape.join(', ')}], expected [${batch.length.toString()}, ${encoder.dimension.toString()}]`,
    );
  }
  return { ids: batch.map((item) => item.id), vectors };
}

async function* batches<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
