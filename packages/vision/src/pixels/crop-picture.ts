import type { BoundingBox } from '@bioscan/core';
import type { PictureSize } from './preprocessing.js';

/**
 * The centred box of a crop, rounded as torchvision's CenterCrop does.
 * @throws RangeError when the crop is larger than the picture
 */
export function centredBox({ width, height }: PictureSize, crop: PictureSize): BoundingBox {
  if (!(crop.width <= width && crop.height <= height)) {
    throw new RangeError(
      `vision: crop of ${crop.width} x ${crop.height} from ${width} x ${height}, expected one that fits; resize to a larger side`,
    );
  }
  const x0 = roundHalfToEven((width - crop.width) / 2);
  const y0 = roundHalfToEven((height - crop.height) / 2);
  return { x0, y0, x1: x0 + crop.width, y1: y0 + crop.height };
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
