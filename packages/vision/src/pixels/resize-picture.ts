import type { BoundingBox, Picture } from '@bioscan/core';
import { checkPicture, checkSide } from './check-picture.js';
import type { Interpolation, PictureSize } from './preprocessing.js';
import { resample, type ResampleSource } from './resample-kernel.js';
import { resampleWeights, type ResampleWeights } from './resample-weights.js';

export interface ResizeOptions {
  /** Default: `bilinear`. */
  readonly interpolation?: Interpolation;
  /** Part of the picture that is resized, as if it had been cut out first; whole pixels inside it. Default: all of it. */
  readonly source?: BoundingBox;
  /** Part of the resized picture that is wanted: the rest is not computed. Default: all of it. */
  readonly target?: BoundingBox;
}

/**
 * A picture in another size, antialiased, to the same levels as Pillow's `resize` (and so torchvision's on Pillow images).
 * `size` is the shorter side or the exact size. Separable, in whole numbers: about 3 ms from 1024 x 768 to a shorter side of 256.
 * @throws RangeError for sizes and boxes that are none
 */
export function resizePicture(picture: Picture, size: number | PictureSize, options: ResizeOptions = {}): Picture {
  checkPicture(picture);
  const { interpolation = 'bilinear' } = options;
  const source = options.source ?? whole(picture);
  checkInside('source box', source, picture);
  const from = { width: source.x1 - source.x0, height: source.y1 - source.y0 };
  const to = resizedSize(from, size);
  const target = options.target ?? whole(to);
  checkInside('target box', target, to);
  const rows = resampleWeights(from.height, to.height, interpolation, target.y0, target.y1 - target.y0);
  const columns = resampleWeights(from.width, to.width, interpolation, target.x0, target.x1 - target.x0);
  return resample(neededOf(picture, source, columns, rows), shifted(columns), shifted(rows));
}

/** The size that a resize gives: exact, or the shorter side with the other in proportion, cut to a whole pixel. */
export function resizedSize({ width, height }: PictureSize, size: number | PictureSize): PictureSize {
  if (typeof size !== 'number') {
    checkSide('width', size.width);
    checkSide('height', size.height);
    return { width: size.width, height: size.height };
  }
  checkSide('shorter side', size);
  return width <= height
    ? { width: size, height: Math.trunc((size * height) / width) }
    : { width: Math.trunc((size * width) / height), height: size };
}

function whole({ width, height }: PictureSize): BoundingBox {
  return { x0: 0, y0: 0, x1: width, y1: height };
}

function checkInside(what: string, { x0, y0, x1, y1 }: BoundingBox, { width, height }: PictureSize): void {
  const inside = x0 >= 0 && y0 >= 0 && x1 > x0 && y1 > y0 && x1 <= width && y1 <= height;
  if (inside && [x0, y0, x1, y1].every(Number.isInteger)) return;
  throw new RangeError(
    `vision: ${what} (${x0}, ${y0}, ${x1}, ${y1}), expected whole pixels inside ${width} x ${height}`,
  );
}

/** The source pixels that the wanted part depends on. */
function neededOf(picture: Picture, box: BoundingBox, columns: ResampleWeights, rows: ResampleWeights): ResampleSource {
  const [left, right] = reach(columns);
  const [top, bottom] = reach(rows);
  return { picture, left: box.x0 + left, top: box.y0 + top, width: right - left, height: bottom - top };
}

function reach({ start, count }: ResampleWeights): [number, number] {
  const last = start.length - 1;
  return [start[0] as number, (start[last] as number) + (count[last] as number)];
}

/** Weights that count source pixels from the first one needed. */
function shifted(weights: ResampleWeights): ResampleWeights {
  const [first] = reach(weights);
  return { ...weights, start: weights.start.map((start) => start - first) };
}
