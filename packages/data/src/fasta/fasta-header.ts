import { BioscanError } from '@bioscan/core';
import { bold } from '../schemas/bold.js';
import { normalHeader, type ColumnSchema, type TableSchema } from '../table/table-schema.js';

/** How the line after `>` is cut. */
export interface FastaHeader {
  readonly separator: string | undefined;
  /** A table schema with one column a header field, and the sequence. */
  readonly schema: TableSchema;
}

/**
 * Reads a header format such as `processid|genus|species`: names of specimen fields or of BOLD columns, joined by one separator. `_` skips a field; unknown names are kept in `other`.
 * With a single field the id ends at the first blank, as FASTA tools have it.
 * @throws BioscanError `bad-input` when the format names no process id.
 */
export function fastaHeader(format: string): FastaHeader {
  const separator = /[^A-Za-z0-9_\-/]/u.exec(format)?.[0];
  const names = separator === undefined ? [format] : format.split(separator);
  const columns = names.map((name, index) => columnFor(name, index));
  if (!columns.some((column) => column.field === 'processId')) {
    throw new BioscanError('bad-input', `data: FASTA header format '${format}' has no processid`, { format });
  }
  const sequence: ColumnSchema = { name: 'nucleotides', field: 'barcode' };
  return {
    separator,
    schema: { name: 'fasta', delimiter: '\t', quotes: 'literal', missing: [], columns: [...columns, sequence] },
  };
}

/** Name of a skipped field; it has no column of its own to go to. */
export const skipped = '_';

function columnFor(name: string, index: number): ColumnSchema {
  if (name === skipped) return { name: `${skipped}${index}` };
  const normal = normalHeader(name);
  const known = bold.columns.find((column) =>
    [column.name, column.field ?? '', ...(column.aliases ?? [])].some((other) => normalHeader(other) === normal),
  );
  return known === undefined ? { name } : { ...known, name, aliases: [] };
}
