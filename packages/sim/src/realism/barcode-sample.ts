import { coiProtein } from '../coi.js';
import { translateCodon } from '../genetic-code.js';
import { barcodeKey, type Rng, type Specimen } from '@bioscan/core';

/** What measuring barcodes reads of a record. */
export type BarcodeRecord = Pick<Specimen, 'lineage' | 'barcode'>;

/** A clean barcode (658 letters of ACGT), with its names. */
export interface CleanBarcode {
  readonly sequence: string;
  readonly order: string;
  readonly family: string;
  readonly genus: string;
  readonly species: string;
}

const clean = /^[ACGT]{658}$/;

/** The distinct clean barcodes of each species; records without one of the names are left out. */
export function cleanBarcodes(records: Iterable<BarcodeRecord>): CleanBarcode[] {
  const found = new Map<string, CleanBarcode>();
  for (const { lineage, barcode = '' } of records) {
    const { order, family, genus, species } = lineage;
    const sequence = barcodeKey(barcode);
    if (order === undefined || family === undefined || genus === undefined || species === undefined) continue;
    if (clean.test(sequence)) found.set(`${species}\t${sequence}`, { sequence, order, family, genus, species });
  }
  return [...found.values()];
}

/** Groups by a name; groups come in order of appearance. */
export function groupBy<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [item]);
    else members.push(item);
  }
  return groups;
}

/** Up to `size` items at random, without replacement. */
export function sample<T>(items: readonly T[], size: number, random: Rng): T[] {
  return random.shuffle([...items]).slice(0, size);
}

/** Up to `wanted` pairs of different items at random; all pairs where there are no more. */
export function randomPairs<T>(items: readonly T[], wanted: number, random: Rng): [T, T][] {
  const n = items.length;
  const pairs: [T, T][] = [];
  if ((n * (n - 1)) / 2 <= wanted) {
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) pairs.push([items[i] as T, items[j] as T]);
    return pairs;
  }
  while (pairs.length < wanted) {
    const i = random.integer(n);
    const j = random.integer(n);
    if (i !== j) pairs.push([items[i] as T, items[j] as T]);
  }
  return pairs;
}

/** True where a clean barcode lies in the Folmer window: its protein is insect COI at 70 % of the codons. Some 658-bp records lie elsewhere. */
export function inWindow({ sequence }: Pick<CleanBarcode, 'sequence'>): boolean {
  let same = 0;
  for (let i = 0; i < coiProtein.length; i++) {
    if (translateCodon(sequence.slice(1 + 3 * i, 4 + 3 * i)) === coiProtein[i]) same++;
  }
  return same >= 0.7 * coiProtein.length;
}
