import type { Interpolation } from './preprocessing.js';

/** Which source pixels make each target pixel of one axis, with weights in fixed point. */
export interface ResampleWeights {
  /** First source pixel of target pixel i. */
  readonly start: Int32Array;
  /** How many source pixels. */
  readonly count: Int32Array;
  /** (targets, width): `count[i]` weights that sum to about 2^22. */
  readonly weight: Int32Array;
  readonly width: number;
}

/** Bits behind the point: an 8-bit value times a weight, with room for overshoot, stays inside 32 bits. */
export const fixedBits = 22;

/**
 * Weights of the target pixels `first` to `first + length` of an axis resized from `source` to `target` pixels, by the rules of Pillow for
 * 8-bit pictures: the kernel widens by the shrink factor, is cut at the borders and normalised, and rounds to 22 bits.
 */
export function resampleWeights(
  source: number,
  target: number,
  interpolation: Interpolation,
  first = 0,
  length: number = target,
): ResampleWeights {
  const { kernel, reach } = kernels[interpolation];
  const scale = source / target;
  const stretch = Math.max(scale, 1);
  const support = reach * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(length);
  const count = new Int32Array(length);
  const weight = new Int32Array(length * width);
  const values = new Float64Array(width);
  for (let i = 0; i < length; i++) {
    const centre = (first + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const taken = Math.min(source, Math.trunc(centre + support + 0.5)) - from;
    let total = 0;
    for (let k = 0; k < taken; k++) {
      const value = kernel((from + k - centre + 0.5) / stretch);
      values[k] = value;
      total += value;
    }
    start[i] = from;
    count[i] = taken;
    for (let k = 0; k < taken; k++) {
      const share = ((values[k] as number) / total) * (1 << fixedBits);
      weight[i * width + k] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
  }
  return { start, count, weight, width };
}

const kernels: Readonly<Record<Interpolation, { kernel: (x: number) => number; reach: number }>> = {
  bilinear: { kernel: triangle, reach: 1 },
  bicubic: { kernel: cubic, reach: 2 },
};

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}

/** Keys' cubic convolution with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}
