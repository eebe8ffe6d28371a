import type { Finding } from '@bioscan/core';
import type { SplitRecord } from './split-plan.js';

interface Row {
  readonly record: SplitRecord;
  readonly split: string | undefined;
}

/** Records with their splits, and the questions that rules ask of them. */
export interface SplitIndex {
  readonly rows: readonly Row[];
  ids(wanted: (record: SplitRecord, split: string | undefined) => boolean): string[];
  rowsIn(...splits: string[]): Row[];
  speciesIn(...splits: string[]): ReadonlySet<string>;
  idsOfSpecies(species: readonly string[], ...splits: string[]): string[];
}

export function splitIndex(records: Iterable<SplitRecord>, assignment: ReadonlyMap<string, string>): SplitIndex {
  const rows = Array.from(records, (record): Row => ({ record, split: assignment.get(record.processId) }));
  const bySplit = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.split === undefined) continue;
    const members = bySplit.get(row.split);
    if (members === undefined) bySplit.set(row.split, [row]);
    else members.push(row);
  }
  function rowsIn(...splits: string[]): Row[] {
    return splits.flatMap((split) => bySplit.get(split) ?? []);
  }
  return {
    rows,
    rowsIn,
    ids: (wanted) => rows.filter(({ record, split }) => wanted(record, split)).map(({ record }) => record.processId),
    speciesIn: (...splits) => new Set(rowsIn(...splits).flatMap(({ record }) => record.lineage.species ?? [])),
    idsOfSpecies: (species, ...splits) => {
      const names = new Set(species);
      const members = rowsIn(...splits).filter(({ record }) => names.has(record.lineage.species ?? ''));
      return members.map(({ record }) => record.processId);
    },
  };
}

/** A finding over `ids`, or none when there are none. */
export function splitFinding(
  check: string,
  severity: Finding['severity'],
  ids: readonly string[],
  what: string,
  evidence: Finding['evidence'] = {},
): Finding[] {
  if (ids.length === 0) return [];
  const message = `${ids.length} ${what}`;
  return [{ check, severity, records: ids.slice(0, 10), message, evidence: { count: ids.length, ...evidence } }];
}
