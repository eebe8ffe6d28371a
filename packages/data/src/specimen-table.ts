import type { MisspeltColumn } from './table/misspelt-columns.js';
import type { RejectSummary } from './table/reject-log.js';
import { assembleSpecimen, placeInSpecimen, type SpecimenRow } from './table/specimen-field.js';

/** A column of text, dictionary-encoded: each distinct value is held once. */
export interface TextColumn {
  readonly kind: 'text';
  readonly name: string;
  /** `(length)`; position in `dictionary`, -1 where absent. */
  readonly codes: Int32Array;
  /** Distinct values in order of first occurrence. */
  readonly dictionary: readonly string[];
  at(index: number): string | undefined;
}

/** A column of numbers. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  /** `(length)`; NaN where absent. */
  readonly values: Float64Array;
  at(index: number): number | undefined;
}

export type TableColumn = TextColumn | NumberColumn;

/** Where a table came from. */
export interface TableSource {
  readonly file: string;
  /** Of the file as stored, compressed or not. */
  readonly bytes: number;
  /** SHA-256 of the file as stored, hex. */
  readonly sha256: string;
  readonly schema: string;
  /** Columns that were not read, as written, and what the schema probably calls them. */
  readonly misspelt: readonly MisspeltColumn[];
}

/** Specimens in columns: small in memory, specimens are made when asked for. */
export interface SpecimenTable extends Iterable<SpecimenRow> {
  readonly length: number;
  readonly source: TableSource;
  /** Field names (`species`, `bin`, `barcode`, …), and header names of columns without a field. */
  readonly columnNames: readonly string[];
  readonly rejects: RejectSummary;
  /** @throws RangeError outside 0 … length - 1 */
  specimen(index: number): SpecimenRow;
  /** Undefined when the file lacks the column or it was not read. */
  column(name: string): TableColumn | undefined;
  /** Row of a process id; -1 when there is none. */
  indexOf(processId: string): number;
}

/** Builds one column, row by row. */
interface ColumnBuilder {
  add(value: string | number | undefined): void;
  finish(length: number): TableColumn;
}

export function columnBuilder(name: string, type: 'text' | 'number'): ColumnBuilder {
  return type === 'text' ? textBuilder(name) : numberBuilder(name);
}

function textBuilder(name: string): ColumnBuilder {
  let codes = new Int32Array(1024);
  let length = 0;
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  return {
    add(value) {
      if (length === codes.length) codes = grown(codes, new Int32Array(2 * length));
      let code = -1;
      if (value !== undefined) {
        const text = String(value);
        const known = codeOf.get(text);
        code = known ?? dictionary.push(text) - 1;
        if (known === undefined) codeOf.set(text, code);
      }
      codes[length++] = code;
    },
    finish: () => ({
      kind: 'text',
      name,
      codes: codes.slice(0, length),
      dictionary,
      at: (index) => dictionary[codes[index] ?? -1],
    }),
  };
}

function numberBuilder(name: string): ColumnBuilder {
  let values = new Float64Array(1024);
  let length = 0;
  return {
    add(value) {
      if (length === values.length) values = grown(values, new Float64Array(2 * length));
      values[length++] = typeof value === 'number' ? value : Number.NaN;
    },
    finish() {
      const exact = values.slice(0, length);
      return { kind: 'number', name, values: exact, at: (index) => present(exact[index]) };
    },
  };
}

function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function present(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** A table over finished columns of equal length. */
export function specimenTable(
  columns: readonly TableColumn[],
  length: number,
  source: TableSource,
  rejects: RejectSummary,
): SpecimenTable {
  const places = columns.map((column) => placeInSpecimen(column.name));
  const byName = new Map(columns.map((column) => [column.name, column]));
  let rowOf: Map<string, number> | undefined;
  return {
    length,
    source,
    rejects,
    columnNames: columns.map((column) => column.name),
    column: (name) => byName.get(name),
    specimen,
    indexOf: (processId) => (rowOf ??= indexRows()).get(processId) ?? -1,
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index++) yield specimen(index);
    },
  };

  function specimen(index: number): SpecimenRow {
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`data: row ${index} is outside 0 … ${length - 1}`);
    }
    return assembleSpecimen(places, (slot) => columns[slot]?.at(index));
  }

  /** The first row of each process id. */
  function indexRows(): Map<string, number> {
    const rows = new Map<string, number>();
    const ids = byName.get('processId');
    for (let index = length - 1; index >= 0; index--) {
      const id = ids?.at(index);
      if (typeof id === 'string') rows.set(id, index);
    }
    return rows;
  }
}
