import { tensor, type Tensor } from '@bioscan/core';
import { Matrix } from 'ml-matrix';
import { requireMatrix } from './matrix.js';

/** Mean of each column of `(n, d)`. */
export function columnMeans(x: Tensor<'float32'>): Float32Array {
  const { rows, columns } = requireMatrix(x);
  const sums = new Float64Array(columns);
  for (let i = 0; i < x.data.length; i++) sums[i % columns] = (sums[i % columns] as number) + (x.data[i] as number);
  return Float32Array.from(sums, (sum) => sum / rows);
}

/** Standard deviation (n) of each column of `(n, d)`. */
export function columnDeviations(x: Tensor<'float32'>, mean: Float32Array): Float32Array {
  const { rows, columns } = requireMatrix(x, mean.length);
  const sums = new Float64Array(columns);
  for (let i = 0; i < x.data.length; i++) {
    const off = (x.data[i] as number) - (mean[i % columns] as number);
    sums[i % columns] = (sums[i % columns] as number) + off * off;
  }
  return Float32Array.from(sums, (sum) => Math.sqrt(sum / rows));
}

/** Mean and standard deviation (n) over all elements. */
export function globalMoments(x: Tensor<'float32'>): { mean: number; deviation: number } {
  const mean = x.data.reduce((sum, value) => sum + value, 0) / x.data.length;
  const squares = x.data.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / x.data.length) };
}

/** A copy of `(n, d)` less the mean. */
export function centredRows(x: Tensor<'float32'>, mean: Float32Array): Tensor<'float32'> {
  const { columns } = requireMatrix(x, mean.length);
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = (x.data[i] as number) - (mean[i % columns] as number);
  return tensor('float32', x.shape, data);
}

/** Covariance (n) of centred rows `(n, d)`. */
export function covariance(centred: Tensor<'float32'>): Matrix {
  const { rows: n, columns: d } = requireMatrix(centred);
  const { data } = centred;
  const sums = new Float64Array(d * d);
  // Four rows at a time: one load and store of a sum for four products.
  const zero = new Float32Array(d);
  for (let i = 0; i < n; i += 4) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((j) =>
      i + j < n ? data.subarray((i + j) * d, (i + j + 1) * d) : zero,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    for (let a = 0; a < d; a++) {
      const [v0, v1, v2, v3] = [r0[a] as number, r1[a] as number, r2[a] as number, r3[a] as number];
      for (let b = 0, at = a * d; b <= a; b++, at++) {
        sums[at] =
          (sums[at] as number) +
          v0 * (r0[b] as number) +
          v1 * (r1[b] as number) +
          v2 * (r2[b] as number) +
          v3 * (r3[b] as number);
      }
    }
  }
  const matrix = new Matrix(d, d);
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) {
      matrix.set(a, b, (sums[a * d + b] as number) / n);
      matrix.set(b, a, (sums[a * d + b] as number) / n);
    }
  }
  return matrix;
}

/** How much to shrink a covariance towards its mean variance, from the data alone (Ledoit & Wolf 2004). */
export function ledoitWolfShrinkage(centred: Tensor<'float32'>, matrix: Matrix): number {
  const { rows: n, columns: d } = requireMatrix(centred);
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let j = 0; j < d; j++) square += (centred.data[i * d + j] as number) ** 2;
    fourth += square * square;
  }
  const squares = matrix.norm('frobenius') ** 2;
  const meanVariance = matrix.trace() / d;
  const spread = squares - d * meanVariance ** 2;
  const noise = (fourth / n - squares) / n;
  return spread <= 0 ? 0 : Math.max(0, Math.min(1, noise / spread));
}
