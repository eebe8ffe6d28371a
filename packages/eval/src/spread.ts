import type { Tensor } from '@bioscan/core';
import { requireMatrix } from './matrix.js';

/** How an embedding fills its space. */
export interface Spread {
  /** Mean cosine over all pairs of different rows: near 1 where one direction dominates everything. */
  readonly meanCosine: number;
  /** (sum of variances)² / sum of squared variances along the principal axes: how many axes carry the differences between rows, 1 to d. */
  readonly participationRatio: number;
}

/**
 * Measures anisotropy and effective rank of rows `(n, d)`, n >= 2. Rows of length 0 have cosine 0 with all others.
 * Exact, without an eigenvalue decomposition: traces of the covariance and of its square. O(n d²).
 */
export function spread(x: Tensor<'float32'>): Spread {
  const { rows, columns } = requireMatrix(x);
  if (rows < 2) throw new RangeError(`eval: spread needs at least 2 rows, got ${rows}`);
  return {
    meanCosine: meanCosine(x.data, rows, columns),
    participationRatio: participationRatio(x.data, rows, columns),
  };
}

/** The sum of all pairs' cosines is |sum of unit rows|² less each row's own. */
function meanCosine(data: Float32Array, rows: number, columns: number): number {
  const sum = new Float64Array(columns);
  let own = 0;
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < columns; j++) square += (data[i * columns + j] as number) ** 2;
    if (square === 0) continue;
    own++;
    const scale = 1 / Math.sqrt(square);
    for (let j = 0; j < columns; j++) sum[j] = (sum[j] as number) + (data[i * columns + j] as number) * scale;
  }
  const total = sum.reduce((all, value) => all + value * value, 0);
  return (total - own) / (rows * (rows - 1));
}

function participationRatio(data: Float32Array, rows: number, columns: number): number {
  const mean = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns] = (mean[i % columns] as number) + (data[i] as number) / rows;
  const covariance = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) centred[j] = (data[i * columns + j] as number) - (mean[j] as number);
    for (let a = 0; a < columns; a++) {
      const left = centred[a] as number;
      for (let b = 0; b < columns; b++) {
        covariance[a * columns + b] = (covariance[a * columns + b] as number) + left * (centred[b] as number);
      }
    }
  }
  let trace = 0;
  for (let a = 0; a < columns; a++) trace += covariance[a * columns + a] as number;
  const squares = covariance.reduce((sum, value) => sum + value * value, 0);
  return squares === 0 ? 0 : (trace * trace) / squares;
}
