import { availableParallelism } from 'node:os';
import {
  isBioscanError,
  tensor,
  throwIfCancelled,
  type BioscanError,
  type ImageSource,
  type Tensor,
} from '@bioscan/core';
import { checkSide } from '../pixels/check-picture.js';
import { loadSharp } from '../worker/load-sharp.js';
import { transformedSize, type PictureTransform } from '../worker/picture-task.js';
import { inOrder } from './in-order.js';
import { pictureRejects, type PictureRejects } from './picture-rejects.js';
import { pictureThreads } from './picture-threads.js';
import { workerFile } from './worker-file.js';

/** A photo to load: a path, which is its id too; a process id of the `source`; or an id with its path. */
export type PictureInput = string | { readonly id: string; readonly path: string };

export interface LoadPicturesOptions {
  /** A preprocessing, or an augmentation with the seed and the epoch. */
  readonly transform: PictureTransform;
  /** Where process ids are read from. Absent: strings are paths. */
  readonly source?: ImageSource;
  /** Default: 32. */
  readonly batchSize?: number;
  /** Threads. Default: as many as the machine has cores. */
  readonly workers?: number;
  /** See {@link decodePicture}. */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal;
}

/** Pictures side by side: row i of `pixels` (n, 3, height, width) is that of `ids[i]`. */
export interface PictureBatch {
  readonly ids: readonly string[];
  readonly pixels: Tensor<'float32'>;
}

/** Batches to iterate over, once, and what was left out so far. */
export interface PictureLoader extends AsyncIterable<PictureBatch> {
  readonly rejects: PictureRejects;
}

interface Loaded {
  readonly id: string;
  readonly pixels: Float32Array | BioscanError;
}

/**
 * Photos as batches of tensors, in their order, decoded and transformed on worker threads while the caller works. At most one batch and a few
 * pictures are held beyond the one that was asked for. A photo that cannot be read is counted in `rejects` and left out: batches stay full
 * but for the last. The same photos, transform, seed and epoch give the same bytes on any number of threads.
 * @throws BioscanError `cancelled` when the signal fires; `not-found` without sharp
 */
export function loadPictures(
  inputs: Iterable<PictureInput> | AsyncIterable<PictureInput>,
  options: LoadPicturesOptions,
): PictureLoader {
  const { batchSize = 32, workers = availableParallelism() } = options;
  checkSide('batchSize', batchSize);
  checkSide('workers', workers);
  const { width, height } = transformedSize(options.transform);
  const rejects = pictureRejects();
  return { rejects, [Symbol.asyncIterator]: () => batches() };

  async function* batches(): AsyncGenerator<PictureBatch> {
    const size = 3 * width * height;
    let ids: string[] = [];
    let pixels = new Float32Array(batchSize * size);
    for await (const loaded of loadEach(inputs, { ...options, batchSize, workers })) {
      if (!(loaded.pixels instanceof Float32Array)) {
        rejects.add({ id: loaded.id, reason: loaded.pixels.code, message: loaded.pixels.message });
        continue;
      }
      pixels.set(loaded.pixels, ids.length * size);
      ids.push(loaded.id);
      if (ids.length < batchSize) continue;
      yield { ids, pixels: tensor('float32', [batchSize, 3, height, width], pixels) };
      ids = [];
      pixels = new Float32Array(batchSize * size);
    }
    if (ids.length === 0) return;
    yield { ids, pixels: tensor('float32', [ids.length, 3, height, width], pixels.slice(0, ids.length * size)) };
  }
}

async function* loadEach(
  inputs: Iterable<PictureInput> | AsyncIterable<PictureInput>,
  options: LoadPicturesOptions & { readonly batchSize: number; readonly workers: number },
): AsyncGenerator<Loaded> {
  const { transform, source, batchSize, workers, maxPixels = 50e6, signal } = options;
  throwIfCancelled(signal, 'vision: loadPictures');
  await loadSharp();
  const threads = pictureThreads(workerFile(), { transform, maxPixels }, workers);
  const stop = (): void => void threads.close();
  signal?.addEventListener('abort', stop);
  try {
    yield* inOrder(inputs, load, Math.max(batchSize, 4 * workers));
  } catch (error) {
    throwIfCancelled(signal, 'vision: loadPictures');
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await threads.close();
  }

  async function load(input: PictureInput): Promise<Loaded> {
    const id = typeof input === 'string' ? input : input.id;
    try {
      const path = typeof input === 'string' ? input : input.path;
      const from = source === undefined || typeof input !== 'string' ? path : await source.read(id);
      return { id, pixels: await threads.load(id, from) };
    } catch (error) {
      if (isBioscanError(error) && error.code !== 'cancelled' && error.code !== 'engine') return { id, pixels: error };
      throw error;
    }
  }
}
