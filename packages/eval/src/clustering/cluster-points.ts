import { BioscanError, type Tensor } from '@bioscan/core';
import { requireMatrix } from '../matrix.js';

/** Rows and columns of points that can be clustered. @throws BioscanError `bad-input` naming the first row with a value that is not finite */
export function requirePoints(x: Tensor<'float32'>, least: number, what: string): { rows: number; columns: number } {
  const { rows, columns } = requireMatrix(x);
  if (rows < least) {
    throw new BioscanError('bad-input', `eval: ${what}, got ${rows} points, expected at least ${least}`);
  }
  const bad = x.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / columns);
    throw new BioscanError(
      'bad-input',
      `eval: ${what}, got ${x.data[bad] as number} in row ${row}, expected finite numbers; embed that row again or drop it`,
      { row },
    );
  }
  return { rows, columns };
}

/** Columns by falling variance: distances that start with the widest columns can be given up early. */
export function columnsByVariance(x: Tensor<'float32'>): Int32Array {
  const { rows, columns } = requireMatrix(x);
  const [sum, squares] = [new Float64Array(columns), new Float64Array(columns)];
  for (let i = 0; i < x.data.length; i++) {
    const [column, value] = [i % columns, x.data[i] as number];
    sum[column] = (sum[column] as number) + value;
    squares[column] = (squares[column] as number) + value * value;
  }
  const variance = sum.map((total, column) => (squares[column] as number) / rows - (total / rows) ** 2);
  return Int32Array.from(variance, (_, i) => i).sort((a, b) => (variance[b] as number) - (variance[a] as number));
}
