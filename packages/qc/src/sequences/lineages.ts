import type { BarcodeClusters } from './barcode-clusters.js';
import type { NamedBarcodes } from './named-barcodes.js';

/** Barcodes of one species that stand together, apart from its others. */
export interface SpeciesLineage {
  readonly species: string;
  /** Positions in the named barcodes. */
  readonly units: readonly number[];
  readonly records: readonly number[];
  /** Distance to the nearest barcode of the species outside; NaN when it has none. */
  readonly apart: number;
}

/**
 * Single linkage inside each species. Barcodes of one cluster stand together; clusters are joined when any two of their barcodes are within `link`
 * (2 %). Species with one cluster cost nothing. Returns the lineages of species that have several, largest first.
 */
export function speciesLineages(named: NamedBarcodes, clusters: BarcodeClusters, link = 0.02): SpeciesLineage[][] {
  return [...named.bySpecies].flatMap(([species, units]) => {
    const parts = new Map<number, number[]>();
    for (const unit of units) {
      const cluster = clusters.of[named.all[unit]?.haplotype ?? 0] ?? -1;
      if (cluster < 0) continue;
      const part = parts.get(cluster);
      if (part === undefined) parts.set(cluster, [unit]);
      else part.push(unit);
    }
    if (parts.size < 2) return [];
    const lineages = joinParts(named, clusters, [...parts.values()], link);
    if (lineages.length < 2) return [];
    return [
      lineages
        .map(({ units: own, apart }) => ({
          species,
          units: own,
          records: own.flatMap((unit) => named.all[unit]?.records ?? []),
          apart,
        }))
        .sort((a, b) => b.records.length - a.records.length),
    ];
  });
}

function joinParts(
  { all }: NamedBarcodes,
  { distance }: BarcodeClusters,
  parts: readonly (readonly number[])[],
  link: number,
): { units: number[]; apart: number }[] {
  const root = parts.map((_, i) => i);
  const top = (i: number): number => (root[i] === i ? i : top(root[i] as number));
  const between = parts.map(() => new Float64Array(parts.length).fill(Number.NaN));
  parts.forEach((a, i) => {
    for (let j = i + 1; j < parts.length; j++) {
      let least = Number.NaN;
      for (const x of a) {
        for (const y of parts[j] ?? []) {
          const d = distance.between(all[x]?.haplotype ?? 0, all[y]?.haplotype ?? 0);
          if (!(least <= d) && !Number.isNaN(d)) least = d;
        }
      }
      (between[i] as Float64Array)[j] = least;
      (between[j] as Float64Array)[i] = least;
      if (least <= link) root[top(j)] = top(i);
    }
  });
  const groups = new Map<number, number[]>();
  parts.forEach((_, i) => groups.set(top(i), [...(groups.get(top(i)) ?? []), i]));
  return [...groups.values()].map((members) => {
    let apart = Number.NaN;
    for (const i of members) {
      parts.forEach((_, j) => {
        const d = between[i]?.[j] ?? Number.NaN;
        if (!members.includes(j) && !(apart <= d)) apart = d;
      });
    }
    return { units: members.flatMap((i) => parts[i] ?? []), apart };
  });
}
