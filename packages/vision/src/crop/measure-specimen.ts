import { boxSize, type Size } from '@bioscan/core';
import type { Detection } from '../detect/detector.js';
import type { PictureSize } from '../pixels/preprocessing.js';

/** Millimetres a pixel of a 1024-pixel-wide photo of the BIOSCAN imager at its fixed scale (2.95 µm at 2880 pixels). */
export const millimetresPerPixel = 0.008296875;

/** Sizes of a specimen: the fields of BIOSCAN-5M, and millimetres. */
export interface SpecimenMeasures extends Required<Omit<Size, 'maskPixels'>> {
  /** Mask pixels as on a picture of 1024 x 768; absent without a mask. */
  readonly maskPixels?: number;
  readonly widthMillimetres: number;
  readonly heightMillimetres: number;
  /** Area of the mask; absent without one. */
  readonly areaSquareMillimetres?: number;
}

export interface MeasureOptions {
  /** Millimetres a pixel of the picture at hand. Default: the imager's, for its frame scaled to the picture's width. */
  readonly millimetresPerPixel?: number;
}

/** Measures what a detector found in a picture of this size. Nothing is rounded but the count of mask pixels. */
export function measureSpecimen(
  { box, mask }: Pick<Detection, 'box' | 'mask'>,
  picture: PictureSize,
  options: MeasureOptions = {},
): SpecimenMeasures {
  const { width, height } = picture;
  const scale = options.millimetresPerPixel ?? (millimetresPerPixel * 1024) / width;
  const measures = {
    ...boxSize(box, picture),
    widthMillimetres: (box.x1 - box.x0) * scale,
    heightMillimetres: (box.y1 - box.y0) * scale,
  };
  if (mask === undefined) return measures;
  const pixels = mask.data.reduce((sum, value) => sum + value, 0) * ((width * height) / (mask.width * mask.height));
  return {
    ...measures,
    maskPixels: Math.round((pixels * 1024 * 768) / (width * height)),
    areaSquareMillimetres: pixels * scale * scale,
  };
}
