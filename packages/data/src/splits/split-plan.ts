import { BioscanError, sha256, type Specimen } from '@bioscan/core';

/** What splitting and checking splits reads of a specimen. */
export type SplitRecord = Pick<Specimen, 'processId' | 'lineage' | 'bin' | 'barcode'>;

/** What one step moved. */
export interface SplitStep {
  readonly step: string;
  readonly split: string;
  readonly records: number;
  readonly barcodes: number;
  readonly species: number;
}

/** A record that no split holds, and why. */
export interface SetAside {
  readonly processId: string;
  readonly reason: string;
}

/** A split as data: nothing is written or changed by making it. The same records in any order, options and seed give the same hash. */
export interface SplitPlan {
  readonly method: 'bioscan5m' | 'open-world';
  /** Process id to split, in order of process id. */
  readonly assignment: ReadonlyMap<string, string>;
  readonly setAside: readonly SetAside[];
  /** All options, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: readonly SplitStep[];
  readonly warnings: readonly string[];
  /** SHA-256 over method, options and assignment. */
  readonly hash: string;
}

/** Sorts by process id, so that nothing depends on the order of the rows. Duplicate ids are refused. */
export function sortRecords(records: Iterable<SplitRecord>): SplitRecord[] {
  const sorted = [...records].sort((a, b) => compare(a.processId, b.processId));
  const repeated = sorted.filter((record, i) => record.processId === sorted[i - 1]?.processId);
  const [first] = repeated;
  if (first !== undefined) {
    throw new BioscanError(
      'bad-input',
      `data: split, got ${repeated.length} repeated process ids (${first.processId} …), expected each once; drop the repeats`,
      { repeated: repeated.slice(0, 10).map((record) => record.processId) },
    );
  }
  return sorted;
}

/** Hash of an assignment and what made it; equal for equal splits, whatever the order of the entries. */
export function splitHash(
  method: string,
  options: Readonly<Record<string, unknown>>,
  assignment: ReadonlyMap<string, string>,
): string {
  const lines = [...assignment].map(([id, split]) => `${id}\t${split}`).sort();
  const settings = Object.entries(options).sort(([a], [b]) => compare(a, b));
  return sha256([method, JSON.stringify(settings), ...lines].join('\n'));
}

/** Order of UTF-16 units: the same on every machine, unlike localeCompare. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
