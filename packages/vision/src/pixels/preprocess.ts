import { tensor, type Picture, type Tensor } from '@bioscan/core';
import { checkSide } from './check-picture.js';
import { centredBox } from './crop-picture.js';
import { pixelTable, writePlanes } from './pixel-planes.js';
import type { PictureSize, Preprocessing } from './preprocessing.js';
import { resizePicture, resizedSize } from './resize-picture.js';

/**
 * A picture as a network sees it: (3, height, width), resized, cropped and normalised as torchvision's transforms on Pillow images,
 * level by level. Only pixels inside the crop are computed.
 */
export function preprocess(picture: Picture, preprocessing: Preprocessing): Tensor<'float32'> {
  const { width, height } = preprocessedSize(preprocessing);
  const data = new Float32Array(3 * height * width);
  preprocessInto(data, 0, picture, preprocessing);
  return tensor('float32', [3, height, width], data);
}

/** A batch of pictures of any sizes: (n, 3, height, width). */
export function preprocessBatch(pictures: readonly Picture[], preprocessing: Preprocessing): Tensor<'float32'> {
  const { width, height } = preprocessedSize(preprocessing);
  const size = 3 * height * width;
  const data = new Float32Array(pictures.length * size);
  for (const [i, picture] of pictures.entries()) preprocessInto(data, i * size, picture, preprocessing);
  return tensor('float32', [pictures.length, 3, height, width], data);
}

/**
 * Width and height of every tensor that a preprocessing makes.
 * @throws RangeError for one that cannot be: a crop larger than what is resized, or no crop of an open size
 */
export function preprocessedSize({ id, resize, crop }: Preprocessing): PictureSize {
  if (crop === undefined) {
    if (typeof resize !== 'number') return resizedSize(resize, resize);
    throw new RangeError(`vision: preprocessing '${id}' has an open size; give a crop or an exact width and height`);
  }
  checkSide('crop', crop);
  const shortest = typeof resize === 'number' ? resize : Math.min(resize.width, resize.height);
  if (crop <= shortest) return { width: crop, height: crop };
  throw new RangeError(
    `vision: preprocessing '${id}' crops ${crop} from ${shortest} pixels; resize to at least ${crop}`,
  );
}

/** Writes the planes of one picture at `offset`. */
export function preprocessInto(
  target: Float32Array,
  offset: number,
  picture: Picture,
  preprocessing: Preprocessing,
): void {
  const { resize, interpolation, normalise } = preprocessing;
  const box = centredBox(resizedSize(picture, resize), preprocessedSize(preprocessing));
  writePlanes(target, offset, resizePicture(picture, resize, { interpolation, target: box }), pixelTable(normalise));
}
