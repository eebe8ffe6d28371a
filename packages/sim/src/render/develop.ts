import type { Picture } from '@bioscan/core';
import type { Canvas } from './composite.js';
import { hash2 } from './noise.js';

/** Blurs the canvas, adds the sensor's noise and rounds to 8 bits. @param sigma of the blur, in pixels */
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
  const across = pass(data, kernel, { lines: height, lineStride: 3 * width, steps: width, stride: 3 });
  return pass(across, kernel, { lines: width, lineStride: 3, steps: height, stride: 3 * width });
}

interface Sweep {
  readonly lines: number;
  readonly lineStride: number;
  readonly steps: number;
  readonly stride: number;
}

function pass(data: Float32Array, kernel: Float64Array, { lines, lineStride, steps, stride }: Sweep): Float32Array {
  const out = new Float32Array(data.length);
  for (let line = 0; line < lines; line++) {
    for (let step = 0; step < steps; step++) {
      const at = line * lineStride + step * stride;
      for (let c = 0; c < 3; c++) {
        let sum = (kernel[0] as number) * (data[at + c] as number);
        for (let k = 1; k < kernel.length; k++) {
          const before = line * lineStride + Math.max(0, step - k) * stride + c;
          const after = line * lineStride + Math.min(steps - 1, step + k) * stride + c;
          sum += (kernel[k] as number) * ((data[before] as number) + (data[after] as number));
        }
        out[at + c] = sum;
      }
    }
  }
  return out;
}
