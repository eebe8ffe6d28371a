import type { Picture } from '@bioscan/core';

/** Brightness times `factor`; 0 is black, 1 leaves it. This and the following as torchvision's functions on 8-bit tensors. */
export function adjustBrightness(picture: Picture, factor: number): Picture {
  return mapLevels(picture, (level) => factor * level);
}

/** Contrast times `factor` about the mean grey; 0 is that grey. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  const grey = greyLevels(picture);
  let sum = 0;
  for (const level of grey) sum += level;
  const mean = sum / grey.length;
  return mapLevels(picture, (level) => factor * level + (1 - factor) * mean);
}

/** Saturation times `factor`; 0 is grey. */
export function adjustSaturation(picture: Picture, factor: number): Picture {
  const grey = greyLevels(picture);
  const data = new Uint8Array(picture.data.length);
  for (let i = 0; i < data.length; i++) {
    const base = (1 - factor) * (grey[Math.trunc(i / 3)] as number);
    data[i] = clamped(factor * (picture.data[i] as number) + base);
  }
  return { ...picture, data };
}

/** Grey in three equal channels. */
export function greyPicture(picture: Picture): Picture {
  const grey = greyLevels(picture);
  const data = new Uint8Array(picture.data.length);
  for (let i = 0; i < grey.length; i++) data.fill(grey[i] as number, 3 * i, 3 * i + 3);
  return { ...picture, data };
}

/** Hue turned by `shift` of a full circle, -0.5 to 0.5. */
export function adjustHue(picture: Picture, shift: number): Picture {
  const { data } = picture;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    turnHue(out, i, data[i] as number, data[i + 1] as number, data[i + 2] as number, shift);
  }
  return { ...picture, data: out };
}

function greyLevels({ data }: Picture): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0, from = 0; i < grey.length; i++, from += 3) {
    grey[i] = 0.2989 * (data[from] as number) + 0.587 * (data[from + 1] as number) + 0.114 * (data[from + 2] as number);
  }
  return grey;
}

function mapLevels(picture: Picture, map: (level: number) => number): Picture {
  const table = Uint8Array.from({ length: 256 }, (_, level) => clamped(map(level)));
  return { ...picture, data: picture.data.map((level) => table[level] as number) };
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Red, green and blue are n, n + 4/6 and n + 2/6 turns apart: each channel is value - chroma x how far its hue is away. */
function turnHue(out: Uint8Array, at: number, red: number, green: number, blue: number, shift: number): void {
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  let sixth = 0;
  if (chroma > 0) {
    if (value === red) sixth = (green - blue) / chroma;
    else if (value === green) sixth = 2 + (blue - red) / chroma;
    else sixth = 4 + (red - green) / chroma;
  }
  const turned = modulo(sixth + 6 * shift, 6);
  for (let channel = 0; channel < 3; channel++) {
    const k = modulo(turned + (5 - 2 * channel), 6);
    const level = value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
    out[at + channel] = (level / 255) * 255.999;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
