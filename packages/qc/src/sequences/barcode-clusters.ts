import type { Library } from '../library/library.js';
import { windowDistance, type WindowDistance } from './window-distance.js';

/** Haplotypes around leaders: a coarse map that makes exact searches short. */
export interface BarcodeClusters {
  readonly radius: number;
  /** Haplotypes that lead a cluster. */
  readonly leaders: Int32Array;
  /** Haplotypes of each cluster, the leader first. */
  readonly members: readonly (readonly number[])[];
  /** Cluster of each haplotype; -1 for those without enough sites in the window. */
  readonly of: Int32Array;
  readonly distance: WindowDistance;
}

/** Fewest unambiguous window sites of a barcode that is compared. */
export const fewestSites = 300;

/**
 * Greedy clusters of placed haplotypes: the longest and commonest first, each joins the first leader within `radius` (2 %) or leads itself.
 * At 1 % these are OTUs as vsearch makes them. O(haplotypes x leaders).
 */
export function clusterBarcodes({ haplotypes, placements }: Library, radius = 0.02): BarcodeClusters {
  const distance = windowDistance(placements.planes, fewestSites);
  const { sites } = placements;
  const order = haplotypes.barcodes.flatMap((_, h) => ((sites[h] as number) >= fewestSites ? [h] : []));
  const size = (h: number): number => haplotypes.members[h]?.length ?? 0;
  order.sort((a, b) => (sites[b] as number) - (sites[a] as number) || size(b) - size(a) || a - b);
  const leaders: number[] = [];
  const members: number[][] = [];
  const of = new Int32Array(haplotypes.barcodes.length).fill(-1);
  // Sorted tables bring relatives in a row: leaders that were hit last are tried first.
  const recent: number[] = [];
  for (const h of order) {
    const cluster = recent.find((c) => distance.between(h, leaders[c] as number, radius) <= radius);
    let found = cluster ?? -1;
    for (let c = 0; found < 0 && c < leaders.length; c++) {
      if (distance.between(h, leaders[c] as number, radius) <= radius) found = c;
    }
    if (found < 0) {
      found = leaders.push(h) - 1;
      members.push([]);
    }
    members[found]?.push(h);
    of[h] = found;
    const at = recent.indexOf(found);
    if (at > 0 || at < 0) {
      if (at > 0) recent.splice(at, 1);
      recent.unshift(found);
      recent.length = Math.min(recent.length, 8);
    }
  }
  return { radius, leaders: Int32Array.from(leaders), members, of, distance };
}
