import { BioscanError, nearestName } from '@bioscan/core';
import { writeAtomically } from './io/atomic-write.js';
import { text, type ColumnValue } from './table/column-parser.js';
import { maxQuotedBytes, maxRowBytes } from './table/delimited-rows.js';
import { slotsIn, type SpecimenRow } from './table/specimen-field.js';
import { columnValue, lossCounter } from './table/specimen-values.js';
import { normalHeader, slotOf, type ColumnSchema, type TableSchema } from './table/table-schema.js';

export interface WriteOptions {
  /** Columns by header name or field, in this order. Default: the schema's; its optional ones only where a specimen has a value, which one-shot iterables cannot tell, so they get all. */
  readonly columns?: readonly string[];
}

/** What was written, and what the schema has no column for. */
export interface WriteSummary {
  readonly rows: number;
  readonly columns: readonly string[];
  /** How many values each field lost because no written column holds it. */
  readonly lost: Readonly<Record<string, number>>;
}

/**
 * Writes specimens as a table that `readSpecimens` reads back to the same values; a path that ends in `.gz` is compressed.
 * Atomic: the file is complete or not there.
 * @throws BioscanError `bad-input` for a value that the schema cannot hold (a tab where nothing is quoted, a text that means "absent", NaN), `missing-column`, `bad-file`.
 * @example
 * const summary = await writeSpecimens('split.tsv', [{ processId: 'ABC1-20', lineage: {}, split: 'train' }], bold);
 */
export async function writeSpecimens(
  path: string,
  specimens: Iterable<SpecimenRow> | AsyncIterable<SpecimenRow>,
  schema: TableSchema,
  options: WriteOptions = {},
): Promise<WriteSummary> {
  const columns = options.columns === undefined ? usedColumns(schema, specimens) : chosen(schema, options.columns);
  const counter = lossCounter(columns);
  const state = { rows: 0 };
  await writeAtomically(path, lines());
  return { rows: state.rows, columns: columns.map((column) => column.name), lost: counter.lost };

  async function* lines(): AsyncGenerator<string> {
    const format = cellFormatter(schema);
    let block = `${columns.map((column) => format(column.name, column, '')).join(schema.delimiter)}\n`;
    for await (const specimen of specimens) {
      counter.add(specimen);
      state.rows++;
      block += rowText(specimen, columns, schema, format);
      if (block.length < 1 << 16) continue;
      yield block;
      block = '';
    }
    yield block;
  }
}

type Format = (value: ColumnValue | undefined, column: ColumnSchema, processId: string) => string;

function rowText(specimen: SpecimenRow, columns: readonly ColumnSchema[], schema: TableSchema, format: Format): string {
  if (specimen.processId === '')
    throw new BioscanError('bad-input', 'data: a specimen without process id cannot be written');
  const cells = columns.map((column) => format(columnValue(specimen, column), column, specimen.processId));
  const row = cells.join(schema.delimiter);
  if (row.length > maxRowBytes / 3 && Buffer.byteLength(row) > maxRowBytes) {
    throw unwritable(specimen.processId, 'all', 'a row longer than 1 MiB');
  }
  return `${row}\n`;
}

function cellFormatter(schema: TableSchema): Format {
  const special = (cell: string): boolean => /["\r\n]/u.test(cell) || cell.includes(schema.delimiter);
  const plainly = schema.quotes === 'literal';
  const missing = new Set(schema.missing);
  return (value, column, processId) => {
    if (value === undefined) return '';
    if (typeof value === 'number' && !Number.isFinite(value)) throw unwritable(processId, column.name, String(value));
    const cell = typeof value === 'string' ? value : (column.parser ?? text).format(value);
    if (cell === '' || missing.has(cell)) throw unwritable(processId, column.name, `'${cell}', which means absent`);
    if (!special(cell)) return cell;
    if (!plainly) {
      const quoted = `"${cell.replaceAll('"', '""')}"`;
      if (Buffer.byteLength(quoted) <= maxQuotedBytes) return quoted;
      throw unwritable(processId, column.name, 'a text that needs quotes and is longer than 64 KiB');
    }
    if (/[\r\n]/u.test(cell) || cell.includes(schema.delimiter)) {
      throw unwritable(processId, column.name, 'a delimiter or line end, and the schema quotes nothing');
    }
    return cell;
  };
}

function unwritable(processId: string, column: string, what: string): BioscanError {
  return new BioscanError('bad-input', `data: ${processId}, column ${column}: cannot write ${what}`, {
    processId,
    column,
  });
}

function usedColumns(
  schema: TableSchema,
  specimens: Iterable<SpecimenRow> | AsyncIterable<SpecimenRow>,
): readonly ColumnSchema[] {
  const twice = Array.isArray(specimens) || ('rejects' in specimens && Symbol.iterator in specimens);
  if (!twice) return schema.columns.filter((column) => column.field !== 'coordinates');
  const used = new Set<string>();
  for (const specimen of specimens as Iterable<SpecimenRow>) for (const slot of slotsIn(specimen)) used.add(slot);
  return schema.columns.filter((column) => column.optional !== true || used.has(slotOf(column)));
}

function chosen(schema: TableSchema, names: readonly string[]): readonly ColumnSchema[] {
  const own = new Map(
    schema.columns.flatMap((column) => [
      [normalHeader(column.name), column] as const,
      [normalHeader(slotOf(column)), column] as const,
    ]),
  );
  const wanted = names.map((name) => {
    const column = own.get(normalHeader(name));
    if (column !== undefined) return column;
    const nearest = nearestName(name, own.keys());
    throw new BioscanError(
      'missing-column',
      `data: schema ${schema.name} has no column '${name}'${nearest === undefined ? '' : `; the nearest is '${nearest}'`}`,
      { column: name, nearest },
    );
  });
  return wanted.some((column) => column.field === 'processId')
    ? wanted
    : [...schema.columns.filter((column) => column.field === 'processId'), ...wanted];
}
