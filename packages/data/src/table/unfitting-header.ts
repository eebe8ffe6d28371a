import { BioscanError, nearestName } from '@bioscan/core';
import { tableSchemas } from './detect-schema.js';
import { misspeltColumns, namesOf, type MisspeltColumn } from './misspelt-columns.js';
import { normalHeader, type TableSchema } from './table-schema.js';

/** Why no schema fits a header: the column of ids is gone or misspelt, or too few of the others are known. Names the closest schema and what to rename. */
export function unfittingHeader(file: string, header: readonly string[], why: readonly string[]): BioscanError {
  const details = { file, header, why };
  const known = header.map(normalHeader);
  if (!known.includes('processid')) {
    const nearest = nearestName('processid', header);
    const hint = nearest === undefined ? '' : `; the nearest there is '${nearest}'`;
    return new BioscanError(
      'missing-column',
      `data: ${file} has no column 'processid'${hint}; rename the column that identifies a record, or pass a schema of your own`,
      { ...details, column: 'processid', nearest },
    );
  }
  const { schema, recognised, misspelt } = closest(known, header);
  const [first] = misspelt;
  const renames = misspelt.map(([written, expected]) => `'${written}' is perhaps '${expected}'`).join(', ');
  const hint =
    first === undefined
      ? `it knows columns such as ${examples(schema, known).join(', ')}`
      : `${renames}; rename ${misspelt.length === 1 ? 'it' : 'them'}`;
  return new BioscanError(
    'missing-column',
    `data: ${file} has a header that no schema fits; the closest, ${schema.name}, knows ${recognised} of its ${header.length} columns, expected at least 3: ${hint}, or pass a schema of your own`,
    { ...details, schema: schema.name, ...(first === undefined ? {} : { column: first[1], nearest: first[0] }) },
  );
}

interface Closeness {
  readonly schema: TableSchema;
  readonly recognised: number;
  readonly misspelt: readonly MisspeltColumn[];
}

/** The schema that would know most columns once the misspelt ones were renamed; among equals the one that knows more as it is. */
function closest(known: readonly string[], header: readonly string[]): Closeness {
  const all = tableSchemas.map((schema): Closeness => {
    const names = new Set(namesOf(schema).map(normalHeader));
    const recognised = known.filter((name) => names.has(name)).length;
    return { schema, recognised, misspelt: misspeltColumns(schema, header) };
  });
  const score = ({ recognised, misspelt }: Closeness): number => recognised + misspelt.length + recognised / 1000;
  return all.reduce((best, one) => (score(one) > score(best) ? one : best));
}

function examples({ columns }: TableSchema, known: readonly string[]): string[] {
  return ['species', 'dna_bin', 'dna_barcode', 'nucleotides', 'country']
    .filter((name) => !known.includes(name) && columns.some((column) => column.name === name))
    .slice(0, 3);
}
