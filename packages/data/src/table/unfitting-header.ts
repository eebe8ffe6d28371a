import { BioscanError, nearestName } from '@bioscan/core';
import { tableSchemas } from './detect-schema.js';
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
  /** Columns as written, and what the schema probably calls them. */
  readonly misspelt: readonly (readonly [written: string, expected: string])[];
}

/** The schema that would know most columns once the misspelt ones were renamed; among equals the one that knows more as it is. */
function closest(known: readonly string[], header: readonly string[]): Closeness {
  const all = tableSchemas.map((schema): Closeness => {
    const names = schema.columns.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    const recognised = known.filter((name) => names.some((own) => normalHeader(own) === name));
    const open = names.filter((own) => !known.includes(normalHeader(own)));
    const misspelt = header.flatMap((written, i) => {
      if (recognised.includes(known[i] ?? '')) return [];
      const expected = likely(written, open);
      return expected === undefined ? [] : [[written, expected] as const];
    });
    return { schema, recognised: recognised.length, misspelt };
  });
  const score = ({ recognised, misspelt }: Closeness): number => recognised + misspelt.length + recognised / 1000;
  return all.reduce((best, one) => (score(one) > score(best) ? one : best));
}

/** Short names are near to anything: they, and lengths that differ by more than a letter or two, are no slips. */
function likely(written: string, names: readonly string[]): string | undefined {
  const nearest = written.length < 4 ? undefined : nearestName(written, names);
  return nearest === undefined || Math.abs(nearest.length - written.length) > 2 ? undefined : nearest;
}

function examples({ columns }: TableSchema, known: readonly string[]): string[] {
  return ['species', 'dna_bin', 'dna_barcode', 'nucleotides', 'country']
    .filter((name) => !known.includes(name) && columns.some((column) => column.name === name))
    .slice(0, 3);
}
