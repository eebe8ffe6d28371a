import type { SubjectSource } from './subject.js';

/** What tells whether queries were seen before: those of a subject, or of the one that it was made of. */
export function queriesOf({ hash, origin = hash }: Pick<SubjectSource, 'hash' | 'origin'>): string {
  return origin;
}

/**
 * Refuses to report what was chosen on: a world that was tuned on, or one data set whose validation and test queries are the same.
 * @throws RangeError naming the subject
 */
export function checkRoles(tuned: Iterable<string>, reported: readonly SubjectSource[]): void {
  const known = new Set(tuned);
  const both = reported.find(
    (source) => known.has(queriesOf(source)) && (reported.length > 1 || source.queries !== 'apart'),
  );
  if (both === undefined) return;
  throw new RangeError(
    reported.length > 1
      ? `align: '${both.name}', got a world to report that was tuned on, expected others for tuning`
      : `align: '${both.name}', got one subject to tune on and to report whose queries are the same for both, expected queries that are apart, or another subject for tuning`,
  );
}
