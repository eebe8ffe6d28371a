import type { Picture, Rng } from '@bioscan/core';
import { backgroundColour } from '../crop/background-colour.js';
import { checkPicture } from '../pixels/check-picture.js';
import { adjustBrightness } from '../pixels/adjust-colour.js';
import { blurPicture } from '../pixels/blur-picture.js';
import { resizePicture } from '../pixels/resize-picture.js';
import { compressPicture } from './compress-picture.js';
import { photoShifts, type PhotoShiftKind } from './photo-shifts.js';

/**
 * A photo under another imaging. The whole photo is changed, so that its crop has to be made again; the neutral setting returns the photo itself.
 * Deterministic: noise comes from `rng`, nothing else is drawn. See {@link photoShifts} for what settings mean.
 * @throws RangeError for a setting that cannot be
 */
export function shiftPicture(picture: Picture, kind: PhotoShiftKind, setting: number, rng: Rng): Picture {
  checkPicture(picture);
  if (setting === photoShifts.find((shift) => shift.kind === kind)?.neutral) return picture;
  switch (kind) {
    case 'brightness':
      checkAbove(kind, setting, 0);
      return adjustBrightness(picture, setting);
    case 'white-balance':
      checkAbove(kind, 1 - Math.abs(setting), 0);
      return balanced(picture, setting);
    case 'blur':
      checkAbove(kind, setting, 0);
      return blurred(picture, (setting / 100) * picture.width);
    case 'noise':
      checkAbove(kind, setting, 0);
      return noisy(picture, setting, rng);
    case 'jpeg':
      return compressPicture(picture, setting);
    case 'scale':
      checkAbove(kind, setting, 0);
      return magnified(picture, setting);
    case 'resolution':
      checkAbove(kind, setting, 0);
      return coarsened(picture, setting);
    default:
      return kind satisfies never;
  }
}

function checkAbove(kind: PhotoShiftKind, value: number, low: number): void {
  if (value > low && Number.isFinite(value)) return;
  throw new RangeError(`vision: shift of ${kind}, got a setting that makes ${value}, expected above ${low}`);
}

/** A warmer (above 0) or colder lamp: green stays. */
function balanced(picture: Picture, shift: number): Picture {
  const gains = [1 + shift, 1, 1 - shift] as const;
  const data = new Uint8Array(picture.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(255, Math.round((picture.data[i] as number) * (gains[i % 3] as number)));
  }
  return { ...picture, data };
}

function blurred(picture: Picture, sigma: number): Picture {
  const widest = Math.min(picture.width, picture.height) - 1;
  const reach = Math.max(1, Math.min(widest, Math.ceil(3 * sigma)));
  return widest < 1 ? picture : blurPicture(picture, { size: 2 * reach + 1, sigma });
}

function noisy(picture: Picture, deviation: number, rng: Rng): Picture {
  const data = Uint8Array.from(picture.data, (level) => {
    const value = Math.round(level + deviation * rng.normal());
    return value < 0 ? 0 : value > 255 ? 255 : value;
  });
  return { ...picture, data };
}

/** Nearer (above 1) or farther about the middle, in a frame of the same size; around it stands the dish's own colour. */
function magnified(picture: Picture, factor: number): Picture {
  const { width, height } = picture;
  const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
  const [left, top] = [Math.round((size.width - width) / 2), Math.round((size.height - height) / 2)];
  if (factor > 1) {
    const target = { x0: left, y0: top, x1: left + width, y1: top + height };
    return resizePicture(picture, size, { interpolation: 'bicubic', target });
  }
  const small = resizePicture(picture, size, { interpolation: 'bicubic' });
  const colour = backgroundColour(picture);
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => colour[i % 3] as number);
  for (let y = 0; y < size.height; y++) {
    const row = small.data.subarray(3 * y * size.width, 3 * (y + 1) * size.width);
    data.set(row, 3 * ((y - top) * width - left));
  }
  return { width, height, data };
}

/** As a camera of fewer pixels sees it, shown at the old size. */
function coarsened(picture: Picture, factor: number): Picture {
  const { width, height } = picture;
  const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
  return resizePicture(
    resizePicture(picture, size, { interpolation: 'bicubic' }),
    { width, height },
    { interpolation: 'bicubic' },
  );
}
