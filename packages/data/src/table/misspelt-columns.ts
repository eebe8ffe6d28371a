import { nearestName } from '@bioscan/core';
import { normalHeader, type TableSchema } from './table-schema.js';

/** A column of a file as written, and what its schema probably calls it. */
export type MisspeltColumn = readonly [written: string, expected: string];

/** Columns that a schema does not know but whose name is near to one that it knows and the file lacks. */
export function misspeltColumns(schema: TableSchema, header: readonly string[]): readonly MisspeltColumn[] {
  const written = new Set(header.map(normalHeader));
  const known = new Set(namesOf(schema).map(normalHeader));
  const open = schema.columns
    .map(({ name, aliases = [] }) => [name, ...aliases])
    .filter((names) => !names.some((name) => written.has(normalHeader(name))))
    .flat();
  return header.flatMap((name): MisspeltColumn[] => {
    const expected = known.has(normalHeader(name)) ? undefined : likely(name, open);
    return expected === undefined ? [] : [[name, expected]];
  });
}

/** All names that a schema has for its columns. */
export function namesOf({ columns }: TableSchema): string[] {
  return columns.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}

/** Short names are near to anything: they, and lengths that differ by more than a letter or two, are no slips. */
function likely(written: string, names: readonly string[]): string | undefined {
  const nearest = written.length < 4 ? undefined : nearestName(written, names);
  return nearest === undefined || Math.abs(nearest.length - written.length) > 2 ? undefined : nearest;
}
