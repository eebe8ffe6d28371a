import type { ColumnParser } from './column-parser.js';
import type { SpecimenField } from './specimen-field.js';

/** A column of a table: what its header is called, where its value goes and how it is read. */
export interface ColumnSchema {
  /** Header name as the published table writes it; case and outer blanks do not matter on input. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Absent: the value is kept in `other` under `name`. */
  readonly field?: SpecimenField;
  /** Default: text. */
  readonly parser?: ColumnParser;
  /** Reading fails when a required column is absent. */
  readonly required?: boolean;
  /** True for columns that are written only when some specimen has a value for them. */
  readonly optional?: boolean;
  /** What a value that cannot be read costs. Default: the row for process id, ranks, BIN, barcode and split; the field otherwise. */
  readonly onProblem?: 'row' | 'field';
}

/** Lets a schema repair rows after parsing; values go by field name, or by header name where a column has no field. */
export interface RowRepair {
  /** Fields that `apply` looks at or sets; they are read even when a projection leaves them out. */
  readonly uses: readonly string[];
  apply(get: (field: string) => string | number | undefined, set: (field: string, value: string) => void): void;
}

/** How a table of specimens is written: a plain value, so that a table of your own needs no code here. */
export interface TableSchema {
  readonly name: string;
  /** One ASCII character. */
  readonly delimiter: string;
  /** `literal`: quotes are characters like others. */
  readonly quotes: 'rfc4180' | 'literal';
  readonly columns: readonly ColumnSchema[];
  /** Texts that mean "absent", besides the empty field. */
  readonly missing: readonly string[];
  readonly repair?: RowRepair;
}

/** The texts that pandas reads as missing by default, for `{ ...schema, missing: pandasMissing }`. `NA` and `None` can be names: use with care. */
export const pandasMissing: readonly string[] = [
  ...['#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>'],
  ...['N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
];

/** Headers are compared without case and outer blanks. */
export function normalHeader(name: string): string {
  return name.trim().toLowerCase();
}

/** The slot under which a column's value is kept: its field, or its header name. */
export function slotOf(column: ColumnSchema): string {
  return column.field ?? column.name;
}
