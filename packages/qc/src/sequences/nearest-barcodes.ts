import type { BarcodeClusters } from './barcode-clusters.js';
import type { NamedBarcodes } from './named-barcodes.js';

/** How near each named barcode is to its own species and to others. NaN and -1: nothing comparable. Arrays are by named barcode. */
export interface NearestBarcodes {
  /** Distance to the nearest other haplotype of the species, and that named barcode. */
  readonly own: Float32Array;
  readonly ownAt: Int32Array;
  /** Distance to the farthest haplotype of the species. */
  readonly farthest: Float32Array;
  /** Distance to the nearest barcode under another species name (0 where the same barcode carries both), and that named barcode. */
  readonly other: Float32Array;
  readonly otherAt: Int32Array;
}

export interface NearestOptions {
  /** Compare with every barcode at any distance instead of through clusters; default false. 10,000 barcodes: about a minute. */
  readonly exhaustive?: boolean;
}

/** Farthest that another species is looked for, unless all are compared. */
export const searchRadius = 0.15;

/**
 * Searches all named barcodes for their nearest conspecific and nearest other. Conspecifics are compared one by one; others through the clusters:
 * those whose leader is farther than the best found and twice the radius cannot hold a nearer one (ragged ends apart, where sites differ).
 * Names that were read off the barcode are left out as partners.
 */
export function nearestBarcodes(
  named: NamedBarcodes,
  clusters: BarcodeClusters,
  options: NearestOptions = {},
): NearestBarcodes {
  const { exhaustive = false } = options;
  const count = named.all.length;
  const nearest: NearestBarcodes = {
    own: new Float32Array(count).fill(Number.NaN),
    ownAt: new Int32Array(count).fill(-1),
    farthest: new Float32Array(count).fill(Number.NaN),
    other: new Float32Array(count).fill(Number.NaN),
    otherAt: new Int32Array(count).fill(-1),
  };
  for (const units of named.bySpecies.values()) compareConspecifics(nearest, named, clusters, units);
  const search = otherSearch(named, clusters, exhaustive);
  clusters.members.forEach((members, cluster) => {
    const units = members.flatMap((h) => named.byHaplotype[h] ?? []);
    if (units.length === 0) return;
    if (!exhaustive) searchFrom(search, cluster);
    for (const unit of units) findOther(nearest, named, search, unit);
  });
  named.all.forEach((_, unit) => {
    findTwin(nearest, named, clusters, unit);
  });
  return nearest;
}

function compareConspecifics(
  { own, ownAt, farthest }: NearestBarcodes,
  { all }: NamedBarcodes,
  { distance, of }: BarcodeClusters,
  units: readonly number[],
): void {
  for (let i = 0; i < units.length; i++) {
    const a = units[i] as number;
    const first = all[a]?.haplotype ?? 0;
    if (of[first] === -1) continue;
    for (let j = i + 1; j < units.length; j++) {
      const b = units[j] as number;
      const second = all[b]?.haplotype ?? 0;
      if (of[second] === -1) continue;
      const d = distance.between(first, second);
      if (Number.isNaN(d)) continue;
      if (all[b]?.circular !== true) update(a, b, d);
      if (all[a]?.circular !== true) update(b, a, d);
    }
  }
  function update(a: number, b: number, d: number): void {
    if (!((own[a] as number) <= d)) {
      own[a] = d;
      ownAt[a] = b;
    }
    if (!((farthest[a] as number) >= d)) farthest[a] = d;
  }
}

interface OtherSearch {
  readonly clusters: BarcodeClusters;
  /** Species names in each cluster that may be partners. */
  readonly names: readonly ReadonlySet<string>[];
  /** Clusters near to the one that is searched from, nearest first, and how far their leaders are. */
  order: readonly number[];
  readonly leaderDistance: Float32Array;
  /** Farthest partner. */
  readonly reach: number;
}

function otherSearch({ all, byHaplotype }: NamedBarcodes, clusters: BarcodeClusters, exhaustive: boolean): OtherSearch {
  const names = clusters.members.map(
    (members) =>
      new Set(
        members.flatMap((h) =>
          (byHaplotype[h] ?? []).flatMap((unit) => {
            const one = all[unit];
            return one === undefined || one.circular ? [] : [one.species];
          }),
        ),
      ),
  );
  const leaderDistance = new Float32Array(clusters.leaders.length);
  // With every leader at distance 0 no cluster is passed over.
  const order = exhaustive ? [...clusters.leaders.keys()] : [];
  return { clusters, names, order, leaderDistance, reach: exhaustive ? 1 : searchRadius };
}

/** All that is found from a cluster is found through the distances of its leader. */
function searchFrom(search: OtherSearch, cluster: number): void {
  const { clusters, leaderDistance } = search;
  const { leaders, distance, radius } = clusters;
  const reach = searchRadius + 2 * radius;
  for (let c = 0; c < leaders.length; c++) {
    const d = distance.between(leaders[cluster] as number, leaders[c] as number, reach);
    // Without enough overlap nothing is known of it: it is looked into.
    leaderDistance[c] = Number.isNaN(d) ? 0 : d;
  }
  search.order = [...leaderDistance.keys()]
    .filter((c) => (leaderDistance[c] as number) <= reach)
    .sort((a, b) => (leaderDistance[a] as number) - (leaderDistance[b] as number));
}

function findOther(nearest: NearestBarcodes, named: NamedBarcodes, search: OtherSearch, unit: number): void {
  const { clusters, names, order, leaderDistance, reach } = search;
  const { haplotype, species } = named.all[unit] as NamedBarcodes['all'][number];
  let best = reach;
  for (const c of order) {
    if ((leaderDistance[c] as number) > best + 2 * clusters.radius) break;
    const own = names[c] as ReadonlySet<string>;
    if (own.size === 0 || (own.size === 1 && own.has(species))) continue;
    for (const h of clusters.members[c] ?? []) {
      const partner = partnerOf(named, h, species);
      if (partner < 0) continue;
      const d = h === haplotype ? 0 : clusters.distance.between(haplotype, h, best);
      if (!(d < best || (d === best && nearest.otherAt[unit] === -1))) continue;
      best = d;
      nearest.other[unit] = d;
      nearest.otherAt[unit] = partner;
    }
  }
}

/** Barcodes outside the window are compared with nothing but themselves. */
function findTwin(nearest: NearestBarcodes, named: NamedBarcodes, clusters: BarcodeClusters, unit: number): void {
  const { haplotype, species } = named.all[unit] as NamedBarcodes['all'][number];
  if (clusters.of[haplotype] !== -1) return;
  const twin = partnerOf(named, haplotype, species);
  if (twin < 0) return;
  nearest.other[unit] = 0;
  nearest.otherAt[unit] = twin;
}

/** A named barcode of this haplotype under another species name; -1 for none. */
function partnerOf({ all, byHaplotype }: NamedBarcodes, haplotype: number, species: string): number {
  for (const unit of byHaplotype[haplotype] ?? []) {
    const one = all[unit];
    if (one !== undefined && one.species !== species && !one.circular) return unit;
  }
  return -1;
}
