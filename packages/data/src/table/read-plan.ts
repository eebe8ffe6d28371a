import { BioscanError, nearestName, ranks } from '@bioscan/core';
import { text, type ColumnParser } from './column-parser.js';
import { misspeltColumns, type MisspeltColumn } from './misspelt-columns.js';
import { placeInSpecimen } from './specimen-field.js';
import { normalHeader, slotOf, type ColumnSchema, type TableSchema } from './table-schema.js';

/** A column of the file that is read, and where its value goes. */
export interface PlannedColumn {
  /** Position in the file. */
  readonly index: number;
  /** Name in the file's header. */
  readonly header: string;
  /** Position among the plan's slots; a coordinate pair takes the two of latitude and longitude. */
  readonly slot: number;
  readonly parser: ColumnParser;
  readonly onProblem: 'row' | 'field';
}

/** Which columns of a file are read, decided once from its header. */
export interface ReadPlan {
  readonly width: number;
  readonly columns: readonly PlannedColumn[];
  /** Fields, or header names where a column has no field. */
  readonly slots: readonly string[];
  readonly types: readonly ('text' | 'number')[];
  readonly places: readonly (readonly [group: string, key: string])[];
  readonly processId: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Columns that are not read, though their names are near to ones that the file lacks. */
  readonly misspelt: readonly MisspeltColumn[];
}

const identity: ReadonlySet<string> = new Set(['processId', ...ranks, 'bin', 'barcode', 'split']);

/**
 * Plans the reading of a file with this header.
 * @param wanted fields or header names; the process id always comes along. Absent: every column that the schema knows.
 * @throws BioscanError `missing-column` for a required or wanted column that the file lacks, naming the nearest one it has.
 */
export function planReading(
  schema: TableSchema,
  header: readonly string[],
  wanted: readonly string[] | undefined,
  file: string,
): ReadPlan {
  const found = matchColumns(schema, header);
  for (const column of schema.columns) {
    if (column.required === true && !found.has(slotOf(column))) throw missingColumn(column.name, header, schema, file);
  }
  const chosen = wanted === undefined ? found : choose(found, schema, header, wanted, file);
  if (chosen.has('latitude') || chosen.has('longitude')) chosen.delete('coordinates');
  for (const { index } of chosen.values()) checkUnique(header, index, file);
  return { ...layOut(chosen, header, schema.repair?.uses ?? []), misspelt: misspeltColumns(schema, header) };
}

interface Match {
  readonly index: number;
  readonly column: ColumnSchema;
}

/** By own name first, then by aliases in their order. */
function matchColumns(schema: TableSchema, header: readonly string[]): Map<string, Match> {
  const positions = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const normal = normalHeader(name);
    if (!positions.has(normal)) positions.set(normal, index);
  }
  const found = new Map<string, Match>();
  for (const column of schema.columns) {
    for (const name of [column.name, ...(column.aliases ?? [])]) {
      const index = positions.get(normalHeader(name));
      if (index === undefined) continue;
      found.set(slotOf(column), { index, column });
      break;
    }
  }
  return found;
}

/** Columns that are not read may stand there twice. */
function checkUnique(header: readonly string[], index: number, file: string): void {
  const name = normalHeader(header[index] ?? '');
  if (header.filter((other) => normalHeader(other) === name).length < 2) return;
  throw new BioscanError('bad-file', `data: ${file} has two columns '${name}'; rename or remove one`, {
    file,
    column: name,
  });
}

function choose(
  found: ReadonlyMap<string, Match>,
  schema: TableSchema,
  header: readonly string[],
  wanted: readonly string[],
  file: string,
): Map<string, Match> {
  const chosen = new Map<string, Match>();
  // One coordinate alone would be half a pair.
  const partners = ['latitude', 'longitude'].some((name) => wanted.includes(name)) ? ['latitude', 'longitude'] : [];
  for (const name of ['processId', ...(schema.repair?.uses ?? []), ...partners, ...wanted]) {
    const bySlot = found.get(name) ?? pairOf(name, found);
    const match = bySlot ?? byHeader(name, found, header);
    if (match !== undefined) chosen.set(slotOf(match.column), match);
    else if (wanted.includes(name)) throw missingColumn(name, [...found.keys(), ...header], schema, file);
  }
  return chosen;
}

function pairOf(name: string, found: ReadonlyMap<string, Match>): Match | undefined {
  return name === 'latitude' || name === 'longitude' ? found.get('coordinates') : undefined;
}

/** A column asked for by header name: one of the schema's, or a plain text column that the schema does not know. */
function byHeader(name: string, found: ReadonlyMap<string, Match>, header: readonly string[]): Match | undefined {
  const index = header.findIndex((column) => normalHeader(column) === normalHeader(name));
  for (const match of found.values()) {
    if (match.index === index || normalHeader(match.column.name) === normalHeader(name)) return match;
  }
  return index < 0 ? undefined : { index, column: { name: header[index] ?? name } };
}

function layOut(
  chosen: ReadonlyMap<string, Match>,
  header: readonly string[],
  repaired: readonly string[],
): Omit<ReadPlan, 'misspelt'> {
  const slots: string[] = [];
  const types: ('text' | 'number')[] = [];
  const columns: PlannedColumn[] = [];
  for (const { index, column } of chosen.values()) {
    const parser = column.parser ?? text;
    const slot = slotOf(column);
    const onProblem = column.onProblem ?? (identity.has(slot) ? 'row' : 'field');
    columns.push({ index, header: header[index] ?? column.name, slot: slots.length, parser, onProblem });
    if (parser.type === 'coordinates') {
      slots.push('latitude', 'longitude');
      types.push('number', 'number');
    } else {
      slots.push(slot);
      types.push(parser.type);
    }
  }
  // A repair may fill in a column that the file lacks.
  for (const slot of repaired) {
    if (slots.includes(slot)) continue;
    slots.push(slot);
    types.push('text');
  }
  return {
    width: header.length,
    columns: columns.sort((a, b) => a.index - b.index),
    slots,
    types,
    places: slots.map(placeInSpecimen),
    processId: slots.indexOf('processId'),
    latitude: slots.indexOf('latitude'),
    longitude: slots.indexOf('longitude'),
  };
}

function missingColumn(name: string, candidates: readonly string[], schema: TableSchema, file: string): BioscanError {
  const nearest = nearestName(name, candidates);
  const hint = nearest === undefined ? '' : `; the nearest there is '${nearest}'`;
  const merged = candidates.length === 1 && /[\t,;]/u.test(candidates[0] ?? '');
  const fix = merged
    ? `; the whole header is one column, so the delimiter is not ${JSON.stringify(schema.delimiter)}`
    : '';
  return new BioscanError(
    'missing-column',
    `data: ${file} has no column '${name}' (schema ${schema.name})${hint}${fix}`,
    { file, column: name, nearest, schema: schema.name },
  );
}
