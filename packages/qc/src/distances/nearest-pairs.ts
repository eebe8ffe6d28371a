import { library } from '../library/library.js';
import { clusterBarcodes } from '../sequences/barcode-clusters.js';
import { namedBarcodes, type NamedBarcodes } from '../sequences/named-barcodes.js';
import { nearestBarcodes } from '../sequences/nearest-barcodes.js';
import type { HaplotypePair } from './barcode-gap.js';
import type { Haplotype } from './haplotypes.js';

export interface NearestPairsOptions {
  /** Up to so many haplotypes the nearest other is searched among all, at any distance: exact; default 10,000, about a minute. */
  readonly exhaustive?: number;
}

/**
 * The pairs that barcode gaps need: all within each name, and for each haplotype its nearest of any other name, whatever its genus. Distances are
 * p-distances over the Folmer window (300 sites at least); haplotypes outside it have no pair. Beyond `exhaustive` the search goes through clusters:
 * 15 % far at most, exact but for ragged ends.
 */
export function* nearestPairs(list: readonly Haplotype[], options: NearestPairsOptions = {}): Generator<HaplotypePair> {
  const { exhaustive = 10_000 } = options;
  const names = new Map<string, number>();
  // Numbers instead of names: a library would fold subspecies and drop placeholders, and here each name stands as it is.
  const rows = list.map(({ name, barcode }, i) => {
    const number = names.get(name) ?? names.size;
    names.set(name, number);
    return { processId: String(i), barcode, lineage: { species: `Name n${number}` } };
  });
  const made = library(rows, { isPlaceholder: () => false });
  const named = namedBarcodes(made);
  const clusters = clusterBarcodes(made);
  const search = { exhaustive: list.length <= exhaustive };
  const nearest = nearestBarcodes(named, clusters, search);
  for (const units of named.bySpecies.values()) {
    for (const [i, one] of units.entries()) {
      for (const other of units.slice(i + 1)) {
        const [a, b] = [haplotypeOf(named, one), haplotypeOf(named, other)];
        if (clusters.of[a] === -1 || clusters.of[b] === -1) continue;
        const distance = clusters.distance.between(a, b);
        if (!Number.isNaN(distance)) yield { a: recordOf(named, one), b: recordOf(named, other), distance };
      }
    }
  }
  for (const unit of named.all.keys()) {
    const partner = nearest.otherAt[unit] as number;
    if (partner < 0) continue;
    yield { a: recordOf(named, unit), b: recordOf(named, partner), distance: nearest.other[unit] as number };
  }
}

function haplotypeOf({ all }: NamedBarcodes, unit: number): number {
  return all[unit]?.haplotype ?? -1;
}

/** Each row is a haplotype of its own, so a unit has one. */
function recordOf({ all }: NamedBarcodes, unit: number): number {
  return all[unit]?.records[0] ?? -1;
}
