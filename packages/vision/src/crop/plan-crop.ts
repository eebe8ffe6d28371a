import type { BoundingBox } from '@bioscan/core';
import type { PictureSize } from '../pixels/preprocessing.js';
import type { CropPreset } from './crop-presets.js';

/** What will be cut: `box` may leave the picture, and counts in the turned picture when `rotated`. */
export interface CropPlan {
  readonly box: BoundingBox;
  /** The picture is turned by 90 degrees counter-clockwise first. */
  readonly rotated: boolean;
}

/**
 * The crop of a specimen's box by a preset, pure. Grown coordinates are cut toward zero, also below zero; 4:3 growth is rounded,
 * halves to even: both as the public crop tool does, so that crops agree to the pixel.
 * @throws RangeError for an empty box
 */
export function planCrop(box: BoundingBox, picture: PictureSize, preset: CropPreset): CropPlan {
  if (!(box.x1 > box.x0 && box.y1 > box.y0)) {
    throw new RangeError(`vision: box (${box.x0}, ${box.y0}, ${box.x1}, ${box.y1}), expected x0 < x1 and y0 < y1`);
  }
  const grown = grownBox(box, preset);
  if (!preset.fourByThree) return { box: grown, rotated: false };
  const rotated = preset.rotate && grown.y1 - grown.y0 > grown.x1 - grown.x0;
  return { box: fourByThree(rotated ? turnedBox(grown, picture) : grown), rotated };
}

function grownBox({ x0, y0, x1, y1 }: BoundingBox, { ratio, equalExtend }: CropPreset): BoundingBox {
  const width = x1 - x0;
  const height = y1 - y0;
  const across = ((ratio - 1) * (equalExtend ? Math.max(width, height) : width)) / 2;
  const down = ((ratio - 1) * (equalExtend ? Math.max(width, height) : height)) / 2;
  return {
    x0: Math.trunc(x0 - across),
    y0: Math.trunc(y0 - down),
    x1: Math.trunc(x1 + across),
    y1: Math.trunc(y1 + down),
  };
}

/** Where a box lies after its picture was turned by 90 degrees counter-clockwise. */
function turnedBox({ x0, y0, x1, y1 }: BoundingBox, { width }: PictureSize): BoundingBox {
  return { x0: y0, x1: y1, y0: width - x1, y1: width - x0 };
}

function fourByThree({ x0, y0, x1, y1 }: BoundingBox): BoundingBox {
  const width = x1 - x0;
  const height = y1 - y0;
  const across = Math.max(0, (height * 4) / 3 - width) / 2;
  const down = Math.max(0, (width * 3) / 4 - height) / 2;
  return {
    x0: roundHalfToEven(x0 - across),
    y0: roundHalfToEven(y0 - down),
    x1: roundHalfToEven(x1 + across),
    y1: roundHalfToEven(y1 + down),
  };
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
