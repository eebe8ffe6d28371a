import type { ReportTable } from '@bioscan/core';
import type { SplitRecord } from './split-plan.js';

/** Splits of the seen species, of the unseen, and the reserves: shares are given within each. */
const sets: Readonly<Record<string, string>> = {
  pretrain: 'unknown', train: 'seen', val: 'seen', test: 'seen', key_unseen: 'unseen', val_unseen: 'unseen', test_unseen: 'unseen',
  other_heldout: 'heldout', fragments: 'reserve', surplus: 'reserve',
}; // prettier-ignore

/** The published order of the splits, then the reserves, then other names. */
const order = Object.keys(sets);

/**
 * Counts what each split holds, as the table that BIOSCAN-5M publishes: records, distinct barcodes (as written, not stripped), species,
 * genera, BINs, share of all records and of the records of its set. Records without a split are left out.
 */
export function splitTable(records: Iterable<SplitRecord>, assignment: ReadonlyMap<string, string>): ReportTable {
  const bySplit = new Map<string, SplitRecord[]>();
  for (const record of records) {
    const split = assignment.get(record.processId);
    if (split === undefined) continue;
    const members = bySplit.get(split);
    if (members === undefined) bySplit.set(split, [record]);
    else members.push(record);
  }
  const total = countRecords(bySplit, () => true);
  const names = [...bySplit.keys()].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return {
    title: 'Splits',
    columns: ['split', 'records', 'barcodes', 'species', 'genera', 'BINs', '% of all', '% of set'],
    rows: names.map((split) => {
      const members = bySplit.get(split) ?? [];
      const inSet = countRecords(bySplit, (other) => setOf(other) === setOf(split));
      return [
        split,
        members.length,
        distinct(members.map((record) => record.barcode)),
        distinct(members.map((record) => record.lineage.species)),
        distinct(members.map((record) => record.lineage.genus)),
        distinct(members.map((record) => record.bin)),
        percent(members.length, total),
        percent(members.length, inSet),
      ];
    }),
  };
}

function rankOf(split: string): number {
  const position = order.indexOf(split);
  return position < 0 ? order.length : position;
}

function setOf(split: string): string {
  return sets[split] ?? split;
}

function countRecords(
  bySplit: ReadonlyMap<string, readonly SplitRecord[]>,
  wanted: (split: string) => boolean,
): number {
  let count = 0;
  for (const [split, members] of bySplit) if (wanted(split)) count += members.length;
  return count;
}

function distinct(values: readonly (string | undefined)[]): number {
  return new Set(values.filter((value) => value !== undefined)).size;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10;
}
