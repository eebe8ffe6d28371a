import { bioscan1m } from '../schemas/bioscan1m.js';
import { bioscan5m } from '../schemas/bioscan5m.js';
import { bold } from '../schemas/bold.js';
import { canadianInvertebrates } from '../schemas/canadian-invertebrates.js';
import { normalHeader, type TableSchema } from './table-schema.js';

/** The schemas that come with this package, in the order in which ties are broken. */
export const tableSchemas: readonly TableSchema[] = [bioscan5m, bioscan1m, canadianInvertebrates, bold];

/** A schema that fits a header, or why none does. */
export type SchemaDetection =
  | { readonly schema: TableSchema; readonly recognised: number }
  | { readonly schema?: undefined; readonly why: readonly string[] };

/**
 * Picks the schema that knows most of the header's columns; among equals the one that knows more of them by their own name.
 * A schema fits when every required column is there and at least three columns, or all of them, are known.
 */
export function detectSchema(
  header: readonly string[],
  candidates: readonly TableSchema[] = tableSchemas,
): SchemaDetection {
  const names = new Set(header.map(normalHeader));
  const why: string[] = [];
  let best: { schema: TableSchema; recognised: number; own: number } | undefined;
  for (const schema of candidates) {
    const found = recognise(schema, names);
    const enough = Math.min(3, header.length);
    if (found.missing.length > 0) why.push(`${schema.name}: no column ${found.missing.join(', ')}`);
    else if (found.recognised < enough)
      why.push(`${schema.name}: knows ${found.recognised} of ${header.length} columns`);
    else if (
      best === undefined ||
      found.recognised > best.recognised ||
      (found.recognised === best.recognised && found.own > best.own)
    ) {
      best = { schema, ...found };
    }
  }
  return best === undefined ? { why } : { schema: best.schema, recognised: best.recognised };
}

function recognise(
  schema: TableSchema,
  names: ReadonlySet<string>,
): { recognised: number; own: number; missing: string[] } {
  let recognised = 0;
  let own = 0;
  const missing: string[] = [];
  for (const column of schema.columns) {
    const byName = names.has(normalHeader(column.name));
    const byAlias = column.aliases?.some((alias) => names.has(normalHeader(alias))) === true;
    if (byName) own++;
    if (byName || byAlias) recognised++;
    else if (column.required === true) missing.push(column.name);
  }
  return { recognised, own, missing };
}
