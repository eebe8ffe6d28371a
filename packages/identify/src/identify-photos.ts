import {
  isBioscanError,
  throwIfCancelled,
  type Encoder,
  type ErrorCode,
  type Identified,
  type Picture,
  type Progress,
} from '@bioscan/core';
import { identifyVectors, type Identification, type IdentificationOptions } from './identification.js';
import type { IdentifierContents } from './open-folder.js';

/** A picture, or how to get it: files are decoded only when their turn comes. */
export type PhotoInput = Picture | (() => Promise<Picture>);

/** A photo that was identified. */
export interface IdentifiedPhoto {
  readonly id: string;
  readonly identification: Identification;
}

/** A photo that could not be read, and why. */
export interface PhotoSetAside {
  readonly id: string;
  readonly reason: ErrorCode;
  readonly message: string;
}

export type PhotoResult = IdentifiedPhoto | PhotoSetAside;

export interface IdentifyAllOptions extends IdentificationOptions {
  /** Photos a call of the encoder. Default 16. */
  readonly batchSize?: number;
  readonly total?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

type Opened = { readonly id: string; readonly picture: Picture } | PhotoSetAside;

/** True for a photo that was set aside. */
export function isSetAside(result: PhotoResult): result is PhotoSetAside {
  return 'reason' in result;
}

/**
 * Identifies photos in their order. While one batch is encoded the next is decoded; a photo that cannot be read is set aside with its reason.
 * @throws BioscanError `cancelled` between two batches
 */
export async function* identifyPhotos(
  contents: IdentifierContents,
  encoder: Encoder<Picture>,
  photos: Iterable<Identified<PhotoInput>> | AsyncIterable<Identified<PhotoInput>>,
  options: IdentifyAllOptions,
): AsyncGenerator<PhotoResult> {
  const { batchSize = 16, total, signal, onProgress } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`identify: batchSize, got ${batchSize}, expected 1 or more`);
  let done = 0;
  for await (const batch of decodedAhead(photos, batchSize)) {
    throwIfCancelled(signal, 'identify');
    const results = await identifyBatch(contents, encoder, batch, options);
    done += results.length;
    onProgress?.({ done, ...(total === undefined ? {} : { total }) });
    yield* results;
  }
}

async function identifyBatch(
  contents: IdentifierContents,
  encoder: Encoder<Picture>,
  batch: readonly Opened[],
  options: IdentificationOptions,
): Promise<PhotoResult[]> {
  const pictures = batch.flatMap((one) => ('picture' in one ? [one.picture] : []));
  const found = pictures.length === 0 ? [] : identifyVectors(contents, await encoder.encode(pictures), options);
  let next = 0;
  return batch.map((one) => ('picture' in one ? { id: one.id, identification: found[next++] as Identification } : one));
}

/** Batches of decoded photos; the one after is under way. */
async function* decodedAhead(
  photos: Iterable<Identified<PhotoInput>> | AsyncIterable<Identified<PhotoInput>>,
  size: number,
): AsyncGenerator<readonly Opened[]> {
  let waiting: Promise<Opened[]> | undefined;
  let batch: Identified<PhotoInput>[] = [];
  const start = (): Promise<Opened[]> => {
    const opening = Promise.all(batch.map(opened));
    // Heard again when it is awaited in its turn.
    opening.catch(() => undefined);
    batch = [];
    return opening;
  };
  for await (const photo of photos) {
    batch.push(photo);
    if (batch.length < size) continue;
    const before = waiting;
    waiting = start();
    if (before !== undefined) yield await before;
  }
  if (waiting !== undefined) yield await waiting;
  if (batch.length > 0) yield await start();
}

async function opened({ id, input }: Identified<PhotoInput>): Promise<Opened> {
  try {
    const picture = typeof input === 'function' ? await input() : input;
    const { width, height, data } = picture;
    if (width > 0 && height > 0 && data.length === width * height * 3) return { id, picture };
    const message = `identify: ${id}, got ${width} x ${height} pixels with ${data.length} values, expected width x height x 3`;
    return { id, reason: 'bad-input', message };
  } catch (error) {
    if (!isBioscanError(error) || error.code === 'cancelled' || error.code === 'engine') throw error;
    return { id, reason: error.code, message: error.message };
  }
}
