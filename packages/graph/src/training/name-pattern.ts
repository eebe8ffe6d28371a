import { BioscanError, nearestName } from '@bioscan/core';

/** Parameters by name: those that an expression finds, or a list of whole names. */
export type NamePattern = RegExp | readonly string[];

/** The names that a pattern picks. @throws BioscanError `not-found` when there is none, or when a listed name is not there */
export function matching(what: string, pattern: NamePattern, names: readonly string[]): ReadonlySet<string> {
  if (pattern instanceof RegExp) {
    const found = new Set(names.filter((name) => name.search(pattern) >= 0));
    if (found.size > 0) return found;
    throw new BioscanError(
      'not-found',
      `graph: ${what}, got ${String(pattern)}, expected a match among ${shown(names)}`,
      { pattern: String(pattern) },
    );
  }
  for (const name of pattern) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    throw new BioscanError(
      'not-found',
      `graph: ${what}, got '${name}', expected one of ${shown(names)}${near === undefined ? '' : `; did you mean '${near}'?`}`,
      { name },
    );
  }
  return new Set(pattern);
}

function shown(names: readonly string[]): string {
  const more = names.length > 8 ? `, … (${names.length} in all)` : '';
  return `${names.slice(0, 8).join(', ')}${more}`;
}
