import type { BarcodeClass } from './barcode-classes.js';
import { compare, type SetAside, type SplitRecord } from './split-plan.js';

/** A barcode class with one species, or with none. */
export interface LabelledClass extends BarcodeClass {
  readonly species: string | undefined;
}

export interface ClassLabelOptions {
  /** Whether records without a species count as the species that their identical twins have; otherwise they are set aside. */
  readonly propagateLabels: boolean;
  /** One barcode, several species: keep the species of more than half of its labelled records and set the others aside, or set all aside. */
  readonly conflicts: 'majority' | 'set-aside';
}

export interface ClassLabels {
  readonly classes: readonly LabelledClass[];
  readonly setAside: readonly SetAside[];
  /** Records that took the species of their twins. Their own records are not changed. */
  readonly propagated: number;
  /** Barcodes with several species. */
  readonly conflicts: number;
}

/** Gives each barcode one species, so that moving a whole class moves records of that species only. Nobody is relabelled against his own label. */
export function resolveClassLabels(classes: readonly BarcodeClass[], options: ClassLabelOptions): ClassLabels {
  const resolved: LabelledClass[] = [];
  const setAside: SetAside[] = [];
  let propagated = 0;
  let conflicts = 0;
  for (const { key, records } of classes) {
    const { species, conflict } = classSpecies(records, options.conflicts);
    if (conflict) conflicts++;
    const kept: SplitRecord[] = [];
    for (const record of records) {
      const reason = reasonToDrop(record, species, conflict, options);
      if (reason !== undefined) setAside.push({ processId: record.processId, reason });
      else kept.push(record);
    }
    propagated += kept.filter((record) => species !== undefined && record.lineage.species === undefined).length;
    if (kept.length > 0) resolved.push({ key, records: kept, species });
  }
  return { classes: resolved, setAside, propagated, conflicts };
}

function classSpecies(
  records: readonly SplitRecord[],
  policy: ClassLabelOptions['conflicts'],
): { species: string | undefined; conflict: boolean } {
  const votes = countNames(records.map((record) => record.lineage.species));
  const [first] = votes;
  const labelled = votes.reduce((sum, [, count]) => sum + count, 0);
  if (first === undefined) return { species: undefined, conflict: false };
  if (votes.length === 1) return { species: first[0], conflict: false };
  const majority = policy === 'majority' && first[1] > labelled / 2;
  return { species: majority ? first[0] : undefined, conflict: true };
}

function reasonToDrop(
  record: SplitRecord,
  species: string | undefined,
  conflict: boolean,
  options: ClassLabelOptions,
): string | undefined {
  const own = record.lineage.species;
  if (conflict && (species === undefined || (own !== undefined && own !== species))) {
    return 'its barcode is found under several species';
  }
  if (own === undefined && species !== undefined && !options.propagateLabels) {
    return 'no species, and its barcode belongs to a named one';
  }
  return undefined;
}

/** Names and their counts, most frequent first, then by name; absent names are left out. */
export function countNames(names: Iterable<string | undefined>): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
}
