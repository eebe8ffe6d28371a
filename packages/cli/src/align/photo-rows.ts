import { createHash } from 'node:crypto';
import type { ModalityRows } from '@bioscan/align';
import {
  BioscanError,
  isBioscanError,
  throwIfCancelled,
  type BoundingBox,
  type ImageSource,
  type Picture,
  type Progress,
} from '@bioscan/core';
import type { BoundingBoxRecord } from '@bioscan/data';
import { cropSpecimen, resizePicture } from '@bioscan/vision';
import { decodePicture } from '@bioscan/vision/node';

export interface PhotoRowsOptions {
  /** Shorter side in pixels at which pictures are kept; smaller photos stay as they are. */
  readonly side: number;
  /** Raw boxes of specimens by process id: photos are cropped to them, whatever their size. Absent: photos are crops already. */
  readonly boxes?: ReadonlyMap<string, Pick<BoundingBoxRecord, 'box' | 'width'>>;
  /** Most bytes of pictures held; the others are decoded each time. Default 1 GB. */
  readonly maxBytes?: number;
  /** Photos decoded at once. Default 8. */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A photo that was set aside, and why. */
export interface RejectedPhoto {
  readonly id: string;
  readonly reason: string;
  readonly message: string;
}

/** Photos as rows of an alignment. */
export interface PhotoRows {
  readonly rows: ModalityRows<Picture>;
  /** Photos that cannot be read, or have no box: their rows lack the image. */
  readonly rejects: readonly RejectedPhoto[];
  /** Rows without a photo at all. */
  readonly missing: number;
  /** SHA-256 over the bytes of all photos. */
  readonly hash: string;
}

/**
 * Reads every photo once: what cannot be read is set aside before any training, the rest is kept small within the bound. Decoding runs on
 * the threads of the image library, so that the next batch is read while the engine works.
 * @throws BioscanError `cancelled`
 */
export async function photoRows(
  source: ImageSource,
  ids: readonly string[],
  options: PhotoRowsOptions,
): Promise<PhotoRows> {
  const { maxBytes = 1e9, parallel = 8, signal, onProgress } = options;
  const found: (Picture | 'later' | undefined)[] = ids.map(() => undefined);
  const digests = ids.map(() => '');
  const rejects: RejectedPhoto[] = [];
  let [held, missing, done] = [0, 0, 0];
  await inParallel(ids.keys(), parallel, async (row) => {
    throwIfCancelled(signal, 'photos');
    const id = ids[row] as string;
    const bytes = await source.read(id).catch((error: unknown) => {
      setAside(id, error);
      return undefined;
    });
    if (bytes !== undefined) {
      digests[row] = createHash('sha256').update(bytes).digest('hex');
      const picture = await smallPicture(id, bytes, options).catch((error: unknown) => {
        setAside(id, error);
        return undefined;
      });
      const fits = picture !== undefined && held + picture.data.length <= maxBytes;
      if (fits) held += picture.data.length;
      found[row] = picture === undefined || fits ? picture : 'later';
    }
    onProgress?.({ done: ++done, total: ids.length });
  });
  const rows: ModalityRows<Picture> = {
    has: (row) => found[row] !== undefined,
    read: (wanted) =>
      Promise.all(
        wanted.map(async (row) => {
          const held = found[row];
          if (typeof held === 'object') return held;
          const id = ids[row] as string;
          return smallPicture(id, await source.read(id), options);
        }),
      ),
  };
  rejects.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { rows, rejects, missing, hash: createHash('sha256').update(digests.join()).digest('hex') };

  function setAside(id: string, error: unknown): void {
    if (!isBioscanError(error) || error.code === 'cancelled' || error.code === 'engine') throw error;
    if (error.code === 'not-found' && error.message.includes('no photo')) missing++;
    else rejects.push({ id, reason: error.code, message: error.message });
  }
}

/** Decoded, cropped to its box where there are boxes, and shrunk to the side. */
async function smallPicture(id: string, bytes: Uint8Array, { side, boxes }: PhotoRowsOptions): Promise<Picture> {
  const picture = await decodePicture(bytes, { name: id });
  const cropped = boxes === undefined ? picture : cropSpecimen(picture, boxIn(picture, id, boxes));
  return Math.min(cropped.width, cropped.height) <= side ? cropped : resizePicture(cropped, side);
}

function boxIn(picture: Picture, id: string, boxes: NonNullable<PhotoRowsOptions['boxes']>): BoundingBox {
  const found = boxes.get(id);
  if (found === undefined) throw new BioscanError('not-found', `cli: ${id}, got no bounding box, expected one`, { id });
  const scale = picture.width / found.width;
  const { x0, y0, x1, y1 } = found.box;
  return {
    x0: Math.floor(x0 * scale),
    y0: Math.floor(y0 * scale),
    x1: Math.ceil(x1 * scale),
    y1: Math.ceil(y1 * scale),
  };
}

/** Works on so many items at a time; the first error ends it. */
async function inParallel<Item>(
  items: Iterable<Item>,
  count: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
