import type { BoundingBox, Picture } from '@bioscan/core';
import { checkPicture } from '../pixels/check-picture.js';
import { resizePicture } from '../pixels/resize-picture.js';
import type { Colour } from '../pixels/rotate-picture.js';
import { backgroundColour } from './background-colour.js';
import { cropPresets, type CropPreset } from './crop-presets.js';
import { planCrop } from './plan-crop.js';

export interface CropOptions {
  /** Default: `cropPresets.bioscan5m`, the raw box. */
  readonly preset?: CropPreset;
  /** Instead of the preset's: a colour, or `background` for the dish's own. */
  readonly fill?: Colour | 'background';
  /** Shorter side of the result in pixels, bicubic, the other cut to a whole pixel; 256 makes a `cropped_256`. Default: not resized. */
  readonly size?: number;
}

/**
 * The specimen cut out of its picture by a preset: grown, turned and filled as it says, then resized.
 * @throws RangeError for an empty box
 * @example
 * const crop = cropSpecimen(picture, classicalDetector().detect(picture).box, { preset: cropPresets.bioscan1m, size: 256 });
 */
export function cropSpecimen(picture: Picture, box: BoundingBox, options: CropOptions = {}): Picture {
  checkPicture(picture);
  const { preset = cropPresets.bioscan5m, size } = options;
  const fill = options.fill ?? preset.fill;
  const plan = planCrop(box, picture, preset);
  const source = plan.rotated ? quarterTurn(picture) : picture;
  const crop = cutWithFill(source, plan.box, () => (fill === 'background' ? backgroundColour(picture) : fill));
  return size === undefined ? crop : resizePicture(crop, size, { interpolation: 'bicubic' });
}

/** The pixels of a box that may leave the picture; `fill` is asked only then. */
function cutWithFill(picture: Picture, { x0, y0, x1, y1 }: BoundingBox, fill: () => Colour): Picture {
  const width = Math.max(1, x1 - x0);
  const height = Math.max(1, y1 - y0);
  const out = { width, height, data: new Uint8Array(3 * width * height) };
  if (x0 < 0 || y0 < 0 || x1 > picture.width || y1 > picture.height) {
    const colour = fill();
    for (let at = 0; at < out.data.length; at += 3) out.data.set(colour, at);
  }
  const left = Math.max(0, x0);
  const right = Math.min(picture.width, x0 + width);
  if (right <= left) return out;
  for (let y = Math.max(0, y0); y < Math.min(picture.height, y0 + height); y++) {
    const from = 3 * (y * picture.width + left);
    out.data.set(picture.data.subarray(from, from + 3 * (right - left)), 3 * ((y - y0) * width + left - x0));
  }
  return out;
}

/** The picture turned by 90 degrees counter-clockwise: its right edge becomes the top. */
function quarterTurn({ width, height, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      const from = 3 * (x * width + width - 1 - y);
      out.set(data.subarray(from, from + 3), 3 * (y * height + x));
    }
  }
  return { width: height, height: width, data: out };
}
