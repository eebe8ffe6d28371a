import { BioscanError, tensor, type EmbeddingBlock, type LabelRank, type Tensor } from '@bioscan/core';
import { labelsOf, type LabelTable } from './label-table.js';
import { requireMatrix } from './matrix.js';

/** Rows that have a label at a rank, ready to fit a probe. */
export interface LabelledRows {
  readonly ids: readonly string[];
  /** `(n, d)` */
  readonly x: Tensor<'float32'>;
  readonly y: readonly string[];
  /** Rows left out because they have no label at the rank. */
  readonly unlabelled: number;
}

/** Joins vectors with labels by id; rows without a label are left out and counted. Copies the vectors. */
export function labelledRows(block: EmbeddingBlock, labels: LabelTable, rank: LabelRank): LabelledRows {
  const all = labelsOf(labels, block.ids, rank);
  const kept = all.flatMap((label, row) => (label === undefined ? [] : [row]));
  return {
    ids: kept.map((row) => block.ids[row] as string),
    x: rowsAt(block.vectors, kept),
    y: kept.map((row) => all[row] as string),
    unlabelled: all.length - kept.length,
  };
}

/** Some rows of `(n, d)`, copied. */
export function rowsAt(x: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const { columns } = requireMatrix(x);
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    data.set(x.data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return tensor('float32', [rows.length, columns], data);
}

/** Sorted classes, and the position of each row's label among them. */
export function classIndex(y: readonly string[]): { classes: string[]; index: Int32Array } {
  const classes = [...new Set(y)].sort();
  const position = new Map(classes.map((label, c) => [label, c]));
  return { classes, index: Int32Array.from(y, (label) => position.get(label) as number) };
}

/** @throws BioscanError when rows and labels differ in number, there are none, or a value is not finite. */
export function requireTrainingRows(x: Tensor<'float32'>, y: readonly string[]): void {
  const { rows, columns } = requireMatrix(x);
  if (rows !== y.length) {
    throw new BioscanError('mismatch', `eval: probe, got ${rows} rows and ${y.length} labels, expected a label a row`);
  }
  if (rows === 0) throw new BioscanError('bad-input', 'eval: probe, got no rows, expected labelled training rows');
  const bad = x.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / columns);
    throw new BioscanError(
      'bad-input',
      `eval: probe, got ${x.data[bad] as number} in row ${row}, expected finite numbers; embed that row again or drop it`,
      { row, column: bad % columns },
    );
  }
}
