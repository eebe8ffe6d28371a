import { BioscanError, tensor, type Tensor } from '@bioscan/core';

/** Rows and columns of `(n, d)`. Throws `mismatch` when the columns are not as expected, `bad-input` without rows. */
export function requireMatrix(x: Tensor<'float32'>, expected?: number): { rows: number; columns: number } {
  const [rows, columns] = x.shape;
  if (x.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new BioscanError('mismatch', `eval: vectors, got shape [${x.shape.join(', ')}], expected [rows, features]`);
  }
  if (expected !== undefined && columns !== expected) {
    throw new BioscanError(
      'mismatch',
      `eval: vectors, got ${columns} features, expected ${expected} as fitted; use the same encoder`,
    );
  }
  return { rows, columns };
}

/** x W + b: `(n, d)` times `(d, m)`. Plain TypeScript, about a billion products a second. */
export function affineRows(x: Tensor<'float32'>, weight: Tensor<'float32'>, bias?: Float32Array): Tensor<'float32'> {
  const [d = 0, m = 0] = weight.shape;
  const { rows } = requireMatrix(x, d);
  const result = new Float32Array(rows * m);
  const sums = new Float64Array(m);
  for (let row = 0; row < rows; row++) {
    if (bias === undefined) sums.fill(0);
    else sums.set(bias);
    let i = 0;
    for (; i + 3 < d; i += 4) addFour(sums, x.data, row * d + i, weight.data, i * m);
    for (; i < d; i++) {
      const value = x.data[row * d + i] as number;
      for (let j = 0; j < m; j++) sums[j] = (sums[j] as number) + value * (weight.data[i * m + j] as number);
    }
    result.set(sums, row * m);
  }
  return tensor('float32', [rows, m], result);
}

/** Adds four scaled rows of the weight at once: one load and store of a sum for four products. */
function addFour(sums: Float64Array, x: Float32Array, from: number, weight: Float32Array, at: number): void {
  const m = sums.length;
  const [v0, v1, v2, v3] = [x[from] as number, x[from + 1] as number, x[from + 2] as number, x[from + 3] as number];
  for (let j = 0, p = at; j < m; j++, p++) {
    sums[j] =
      (sums[j] as number) +
      v0 * (weight[p] as number) +
      v1 * (weight[p + m] as number) +
      v2 * (weight[p + 2 * m] as number) +
      v3 * (weight[p + 3 * m] as number);
  }
}

/** Rows scaled to length 1; zero rows stay. */
export function unitRows(x: Tensor<'float32'>): Tensor<'float32'> {
  const { rows, columns } = requireMatrix(x);
  const data = new Float32Array(x.data.length);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) square += (x.data[i] as number) ** 2;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) data[i] = (x.data[i] as number) * scale;
  }
  return tensor('float32', x.shape, data);
}
