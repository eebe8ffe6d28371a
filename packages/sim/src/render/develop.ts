import type { Picture } from '@bioscan/core';
import type { Canvas } from './composite.js';
import { hash2 } from './noise.js';

/** Blurs the canvas in place, adds the sensor's noise and rounds to 8 bits. @param sigma of the blur, in pixels */
export function develop({ width, height, data }: Canvas, sigma: number, noise: number, seed: number): Picture {
  const blurred = sigma < 0.15 ? data : blur(data, width, height, sigma);
  const out = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const bits = hash2(seed, pixel, 17);
    // Two bytes a normal-ish number; luminance noise is shared, chroma noise is weaker.
    const shared = ((bits & 255) + ((bits >>> 8) & 255) - 255) * 0.0096 * noise;
    for (let c = 0; c < 3; c++) {
      const own = (((bits >>> (14 + 4 * c)) & 63) - 31.5) * 0.02 * noise;
      const value = (blurred[3 * pixel + c] as number) + shared + own + 0.5;
      out[3 * pixel + c] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return { width, height, data: out };
}

function blur(data: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(2 * sigma));
  const weights = Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, weight, i) => sum + (i === 0 ? weight : 2 * weight), 0);
  const kernel = Float64Array.from(weights, (weight) => weight / total);
  const across = new Float32Array(data.length);
  for (let y = 0; y < height; y++) blurRow(data, across, kernel, y * width * 3, width);
  for (let y = 0; y < height; y++) blurDown(across, data, kernel, y, { row: 3 * width, height });
  return data;
}

/** One row from left to right; beyond its ends the edge goes on. */
function blurRow(from: Float32Array, to: Float32Array, kernel: Float64Array, start: number, width: number): void {
  const end = start + 3 * width;
  const reach = Math.min(3 * (kernel.length - 1), 3 * width);
  for (let at = start; at < end; at++) {
    if (at === start + reach && at < end - reach) at = end - reach;
    const channel = (at - start) % 3;
    let sum = (kernel[0] as number) * (from[at] as number);
    for (let k = 1; k < kernel.length; k++) {
      const before = Math.max(start + channel, at - 3 * k);
      const after = Math.min(end - 3 + channel, at + 3 * k);
      sum += (kernel[k] as number) * ((from[before] as number) + (from[after] as number));
    }
    to[at] = sum;
  }
  for (let at = start + reach; at < end - reach; at++) {
    let sum = (kernel[0] as number) * (from[at] as number);
    for (let k = 1; k < kernel.length; k++)
      sum += (kernel[k] as number) * ((from[at - 3 * k] as number) + (from[at + 3 * k] as number));
    to[at] = sum;
  }
}

/** One row from the rows above and below it. */
function blurDown(
  from: Float32Array,
  to: Float32Array,
  kernel: Float64Array,
  y: number,
  { row, height }: { readonly row: number; readonly height: number },
): void {
  const start = y * row;
  for (let k = 0; k < kernel.length; k++) {
    const weight = (kernel[k] as number) * (k === 0 ? 0.5 : 1);
    const above = Math.max(0, y - k) * row;
    const below = Math.min(height - 1, y + k) * row;
    for (let i = 0; i < row; i++) {
      const sum = weight * ((from[above + i] as number) + (from[below + i] as number));
      to[start + i] = k === 0 ? sum : (to[start + i] as number) + sum;
    }
  }
}
