import type { Picture } from '@bioscan/core';
import type { Normalisation } from './preprocessing.js';

/** What each 8-bit level becomes: (3, 256), rounded to float32 after each step as torch does. */
export function pixelTable(normalise?: Normalisation): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const mean = Math.fround(normalise?.mean[channel] ?? 0);
    const deviation = Math.fround(normalise?.deviation[channel] ?? 1);
    for (let level = 0; level < 256; level++) {
      const centred = Math.fround(Math.fround(level / 255) - mean);
      table[channel * 256 + level] = centred / deviation;
    }
  }
  return table;
}

/** Interleaved levels (height, width, 3) as planes (3, height, width) at `offset`. */
export function writePlanes(target: Float32Array, offset: number, picture: Picture, table: Float32Array): void {
  const { data } = picture;
  const size = picture.width * picture.height;
  for (let i = 0, from = 0; i < size; i++, from += 3) {
    target[offset + i] = table[data[from] as number] as number;
    target[offset + size + i] = table[256 + (data[from + 1] as number)] as number;
    target[offset + 2 * size + i] = table[512 + (data[from + 2] as number)] as number;
  }
}
