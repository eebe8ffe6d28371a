import type { Picture } from '@bioscan/core';
import type { Colour } from '../pixels/rotate-picture.js';
import { dishHalf } from '../detect/dish.js';

/** The dish's own colour: the median, channel by channel, of the lighter 60 % of the pixels inside it (a grid of about 8,000). */
export function backgroundColour({ width, height, data }: Picture): Colour {
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / 8000)));
  const limit = (0.98 * dishHalf(width, height)) ** 2;
  const pixels: [number, number, number][] = [];
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      if ((x + 0.5 - width / 2) ** 2 + (y + 0.5 - height / 2) ** 2 > limit) continue;
      const at = 3 * (y * width + x);
      pixels.push([data[at] as number, data[at + 1] as number, data[at + 2] as number]);
    }
  }
  pixels.sort((a, b) => b[0] + b[1] + b[2] - (a[0] + a[1] + a[2]));
  const lighter = pixels.slice(0, Math.max(1, Math.ceil(0.6 * pixels.length)));
  return [median(lighter, 0), median(lighter, 1), median(lighter, 2)];
}

function median(pixels: readonly (readonly [number, number, number])[], channel: 0 | 1 | 2): number {
  const sorted = pixels.map((pixel) => pixel[channel]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 255;
}
