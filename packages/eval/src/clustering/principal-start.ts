import { tensor, type Rng, type Tensor } from '@bioscan/core';
import { affineRows, requireMatrix } from '../matrix.js';
import { centredRows, columnMeans } from '../moments.js';
import { rowsAt } from '../training-rows.js';

/** Points that the axes are fitted on. */
const sampleSize = 2000;
const powerRounds = 3;

/**
 * Points on their leading principal axes, as a place to start a layout from: axes by subspace iteration on a sample, so about right only.
 * Where there are fewer features than axes wanted, the rest is 0.
 */
export function principalStart(x: Tensor<'float32'>, dimension: number, rng: Rng): Tensor<'float32'> {
  const { rows, columns } = requireMatrix(x);
  const centred = centredRows(x, columnMeans(x));
  const all = rng.shuffle(Array.from({ length: rows }, (_, i) => i));
  const sample = rows <= sampleSize ? centred : rowsAt(centred, all.slice(0, sampleSize));
  const m = Math.min(dimension, columns);
  let axes = orthonormal(
    Float32Array.from({ length: columns * m }, () => rng.normal()),
    columns,
    m,
  );
  for (let round = 0; round < powerRounds; round++) {
    axes = orthonormal(
      transposedProduct(sample, affineRows(sample, tensor('float32', [columns, m], axes))),
      columns,
      m,
    );
  }
  const scores = affineRows(centred, tensor('float32', [columns, m], axes));
  if (m === dimension) return scores;
  const padded = new Float32Array(rows * dimension);
  for (let i = 0; i < rows; i++) padded.set(scores.data.subarray(i * m, (i + 1) * m), i * dimension);
  return tensor('float32', [rows, dimension], padded);
}

/** xᵀ y: `(n, d)` and `(n, m)` give `(d, m)`. */
function transposedProduct(x: Tensor<'float32'>, y: Tensor<'float32'>): Float32Array {
  const [n = 0, d = 0] = x.shape;
  const m = y.shape[1] ?? 0;
  const sums = new Float32Array(d * m);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < d; a++) {
      const value = x.data[i * d + a] as number;
      for (let b = 0, at = a * m, from = i * m; b < m; b++, at++, from++) {
        sums[at] = (sums[at] as number) + value * (y.data[from] as number);
      }
    }
  }
  return sums;
}

/** Gram-Schmidt on the columns of `(d, m)`; a column that is left without length becomes 0. */
function orthonormal(values: Float32Array, d: number, m: number): Float32Array {
  const columns = Array.from({ length: m }, (_, j) =>
    Float64Array.from({ length: d }, (__, i) => values[i * m + j] as number),
  );
  columns.forEach((column, j) => {
    const before = Math.hypot(...column);
    for (const other of columns.slice(0, j)) {
      const along = column.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
      column.forEach((value, i) => (column[i] = value - along * (other[i] as number)));
    }
    const length = Math.hypot(...column);
    const scale = length > 1e-6 * before ? 1 / length : 0;
    column.forEach((value, i) => (column[i] = value * scale));
  });
  return Float32Array.from(
    { length: d * m },
    (_, at) => (columns[at % m] as Float64Array)[Math.floor(at / m)] as number,
  );
}
