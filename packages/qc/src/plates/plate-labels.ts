import { ranks, type Lineage, type Rank } from '@bioscan/core';
import { groupBy } from '../library/words.js';
import type { Library } from '../library/library.js';
import type { BarcodeClusters } from '../sequences/barcode-clusters.js';

/** A plate: its records in order of wells (down the columns), what each is named, and what its barcode is elsewhere. */
export interface Plate {
  readonly name: string;
  readonly records: readonly number[];
  readonly labels: readonly Lineage[];
  /** Commonest names of the barcode's cluster on all other plates; empty where it was never seen elsewhere. */
  readonly barcodes: readonly Lineage[];
}

type Counts = Map<string, number>;

/** Reads plates off the sample ids. Plates with fewer than `fewest` records are left out. Linear. */
export function plateLabels(library: Library, clusters: BarcodeClusters, fewest = 8): Plate[] {
  const { wells, names, haplotypes, circular } = library;
  const byPlate = groupBy(library.records.keys(), (record) => wells[record]?.plate);
  const clusterOf = (record: number): number => clusters.of[haplotypes.of[record] ?? -1] ?? -1;
  const totals = clusters.members.map(() => new Map<Rank, Counts>());
  library.records.forEach((_, record) => {
    const cluster = totals[clusterOf(record)];
    if (cluster !== undefined && circular[record] !== 1) add(cluster, names[record] ?? {}, 1);
  });
  return [...byPlate].flatMap(([name, members]): Plate[] => {
    if (members.length < fewest) return [];
    const records = [...members].sort((a, b) => place(library, a) - place(library, b));
    const own = new Map<number, Map<Rank, Counts>>();
    for (const record of records) {
      if (circular[record] === 1) continue;
      const cluster = clusterOf(record);
      const counts = own.get(cluster) ?? new Map<Rank, Counts>();
      own.set(cluster, counts);
      add(counts, names[record] ?? {}, 1);
    }
    return [
      {
        name,
        records,
        labels: records.map((record) => names[record] ?? {}),
        barcodes: records.map((record) => elsewhere(totals[clusterOf(record)], own.get(clusterOf(record)))),
      },
    ];
  });
}

/** Wells down the columns. */
function place({ wells }: Library, record: number): number {
  const well = wells[record];
  return well === undefined ? 0 : well.column * 8 + well.row;
}

function add(counts: Map<Rank, Counts>, lineage: Lineage, by: number): void {
  for (const rank of ranks) {
    const name = lineage[rank];
    if (name === undefined) continue;
    const names = counts.get(rank) ?? new Map<string, number>();
    counts.set(rank, names.set(name, (names.get(name) ?? 0) + by));
  }
}

function elsewhere(total: Map<Rank, Counts> | undefined, own: Map<Rank, Counts> | undefined): Lineage {
  const lineage: Partial<Record<Rank, string>> = {};
  for (const [rank, names] of total ?? []) {
    let most = 0;
    for (const [name, count] of names) {
      const left = count - (own?.get(rank)?.get(name) ?? 0);
      if (left > most) [lineage[rank], most] = [name, left];
    }
  }
  return lineage;
}

/** What a label says of a barcode: a contradiction at any rank, or agreement at family or below. */
export function agreement(label: Lineage, barcode: Lineage): 'agrees' | 'contradicts' | 'unknown' {
  let known = false;
  for (const rank of ranks) {
    const [a, b] = [label[rank], barcode[rank]];
    if (a === undefined || b === undefined) continue;
    if (a !== b) return 'contradicts';
    if (ranks.indexOf(rank) >= ranks.indexOf('family')) known = true;
  }
  return known ? 'agrees' : 'unknown';
}
