import type { Picture } from '@bioscan/core';

/** Levels of red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface RotateOptions {
  /** Default: `bilinear`. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** What comes in at the corners. Default: black, as torchvision's. */
  readonly fill?: Colour;
}

/** Turns a picture about its centre by degrees, counter-clockwise, in a frame of the same size; as Pillow's `rotate`. */
export function rotatePicture(picture: Picture, degrees: number, options: RotateOptions = {}): Picture {
  const { interpolation = 'bilinear', fill = [0, 0, 0] } = options;
  const { width, height } = picture;
  const out = { width, height, data: new Uint8Array(picture.data.length) };
  const angle = (degrees * Math.PI) / 180;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  for (let y = 0, at = 0; y < height; y++) {
    const down = y + 0.5 - height / 2;
    for (let x = 0; x < width; x++, at += 3) {
      const right = x + 0.5 - width / 2;
      const sourceX = cosine * right - sine * down + width / 2;
      const sourceY = sine * right + cosine * down + height / 2;
      if (sourceX < 0 || sourceY < 0 || sourceX >= width || sourceY >= height) out.data.set(fill, at);
      else if (interpolation === 'nearest') copyPixel(out.data, at, picture, Math.trunc(sourceX), Math.trunc(sourceY));
      else blendPixels(out.data, at, picture, sourceX - 0.5, sourceY - 0.5);
    }
  }
  return out;
}

function copyPixel(target: Uint8Array, at: number, { width, data }: Picture, x: number, y: number): void {
  const from = (y * width + x) * 3;
  target[at] = data[from] as number;
  target[at + 1] = data[from + 1] as number;
  target[at + 2] = data[from + 2] as number;
}

/** Linear between the four pixels around (x, y); pixels beyond the border repeat it. */
function blendPixels(target: Uint8Array, at: number, { width, height, data }: Picture, x: number, y: number): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const dx = x - left;
  const dy = y - top;
  const x0 = Math.max(left, 0);
  const x1 = Math.min(left + 1, width - 1);
  const upper = Math.max(top, 0) * width;
  const lower = Math.min(top + 1, height - 1) * width;
  for (let channel = 0; channel < 3; channel++) {
    const a = data[(upper + x0) * 3 + channel] as number;
    const b = data[(upper + x1) * 3 + channel] as number;
    const c = data[(lower + x0) * 3 + channel] as number;
    const d = data[(lower + x1) * 3 + channel] as number;
    const above = a + (b - a) * dx;
    target[at + channel] = above + (c + (d - c) * dx - above) * dy;
  }
}
