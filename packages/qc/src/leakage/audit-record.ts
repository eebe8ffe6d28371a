import { barcodeKey, type Specimen } from '@bioscan/core';

/** What checks read of a specimen. */
export type AuditRecord = Pick<Specimen, 'processId' | 'lineage' | 'bin' | 'barcode'>;

/** Distinct barcodes of the audited records and the splits they lie in. Split s is bit s. */
export interface BarcodeTable {
  readonly splits: readonly string[];
  readonly keys: readonly string[];
  /** (keys), bits of the splits that hold the barcode. */
  readonly held: Uint32Array;
  /** Records of each barcode in each split, `(keys, splits)`. */
  readonly counts: Uint32Array;
  /** The first record of each barcode in each split, `(keys, splits)`; empty where it has none. */
  readonly examples: readonly string[];
}

/** More splits than bits. */
const maximumSplits = 31;

/**
 * Collects the barcodes of records that have a split, N taken off both ends. Keys stand in sorted order and the first record of a barcode
 * is the one with the smallest process id, so that nothing depends on the order of the rows.
 */
export function barcodeTable(
  records: Iterable<AuditRecord>,
  assignment: ReadonlyMap<string, string>,
  ignored: ReadonlySet<string>,
): BarcodeTable {
  const rows: { readonly key: string; readonly split: string; readonly processId: string }[] = [];
  for (const { processId, barcode = '' } of records) {
    const split = assignment.get(processId);
    const key = barcodeKey(barcode);
    if (split !== undefined && key !== '' && !ignored.has(split)) rows.push({ key, split, processId });
  }
  const splits = [...new Set(rows.map(({ split }) => split))].sort();
  if (splits.length > maximumSplits) {
    throw new RangeError(`qc: an audit compares at most ${maximumSplits} splits, got ${splits.length}`);
  }
  const keys = [...new Set(rows.map(({ key }) => key))].sort();
  const position = new Map(keys.map((key, i) => [key, i]));
  const bit = new Map(splits.map((split, i) => [split, i]));
  const held = new Uint32Array(keys.length);
  const counts = new Uint32Array(keys.length * splits.length);
  const examples: string[] = new Array<string>(counts.length).fill('');
  for (const { key, split, processId } of rows) {
    const i = position.get(key) ?? 0;
    const s = bit.get(split) ?? 0;
    held[i] = ((held[i] as number) | (1 << s)) >>> 0;
    const cell = i * splits.length + s;
    counts[cell] = (counts[cell] as number) + 1;
    if (examples[cell] === '' || processId < (examples[cell] as string)) examples[cell] = processId;
  }
  return { splits, keys, held, counts, examples };
}
