import { rng, type ErrorCode, type Picture } from '@bioscan/core';
import { augmentInto } from '../augmentation/augment.js';
import { augmentedSize, type Augmentation } from '../augmentation/augmentation.js';
import { preprocessedSize, preprocessInto } from '../pixels/preprocess.js';
import type { PictureSize, Preprocessing } from '../pixels/preprocessing.js';

/** One pass over the pictures with variation: picture `id` of an epoch is varied in the same way in whatever order pictures come. */
export interface AugmentedEpoch {
  readonly augmentation: Augmentation;
  readonly seed: number;
  readonly epoch: number;
}

/** What becomes of each picture. */
export type PictureTransform = Preprocessing | AugmentedEpoch;

/** What a loader's thread is told when it starts. */
export interface ThreadSettings {
  readonly transform: PictureTransform;
  readonly maxPixels: number;
}

/** One picture to load: a file that the thread reads, or its bytes. */
export interface PictureRequest {
  readonly ticket: number;
  readonly id: string;
  readonly source: string | Uint8Array;
}

/** Its pixels (3, height, width), moved; or why there are none. Without a code the fault is not the picture's. */
export type PictureAnswer =
  | { readonly ticket: number; readonly pixels: Float32Array }
  | { readonly ticket: number; readonly message: string; readonly code?: ErrorCode };

/** Width and height of what a transform makes. */
export function transformedSize(transform: PictureTransform): PictureSize {
  return 'augmentation' in transform ? augmentedSize(transform.augmentation) : preprocessedSize(transform);
}

/** The planes of one picture. */
export function transformPicture(picture: Picture, id: string, transform: PictureTransform): Float32Array {
  const { width, height } = transformedSize(transform);
  const pixels = new Float32Array(3 * width * height);
  if ('augmentation' in transform) {
    const { augmentation, seed, epoch } = transform;
    augmentInto(pixels, 0, picture, augmentation, rng(seed).split(epoch).split(id));
  } else {
    preprocessInto(pixels, 0, picture, transform);
  }
  return pixels;
}
