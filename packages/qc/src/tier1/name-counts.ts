import { ranks, type Rank } from '@bioscan/core';
import type { Library } from '../library/library.js';

/** A name and its records inside a group. */
export interface NameCount {
  readonly name: string;
  readonly records: readonly number[];
}

/** A BIN whose records bear several names at a rank, or a taxon that spans several BINs; most records first. */
export interface Conflict {
  readonly name: string;
  readonly rank: Rank;
  readonly counts: readonly NameCount[];
  readonly total: number;
}

export interface ConflictOptions {
  /** Records a taxon must have in all; never in one BIN, where a lone record is the strongest sign of a misidentification. Default 3. */
  readonly minimum?: number;
}

/** BINs that hold several names at a rank. Names that were read off the barcode do not count. Two columns, linear. */
export function binsWithSeveralNames(library: Library, rank: Rank, options: ConflictOptions = {}): Conflict[] {
  return conflicts(library, rank, 'bin', options);
}

/** Taxa of a rank that span several BINs, with the same minimum. Above species that is the rule, not a conflict. */
export function taxaInSeveralBins(library: Library, rank: Rank = 'species', options: ConflictOptions = {}): Conflict[] {
  return conflicts(library, rank, 'taxon', options);
}

function conflicts(library: Library, rank: Rank, side: 'bin' | 'taxon', options: ConflictOptions): Conflict[] {
  const { minimum = 3 } = options;
  const { records, names, circular } = library;
  const totals = new Map<string, number>();
  const groups = new Map<string, Map<string, number[]>>();
  const used = records.map(({ bin }, i) => (circular[i] === 1 || bin === undefined ? undefined : names[i]?.[rank]));
  for (const taxon of used) if (taxon !== undefined) totals.set(taxon, (totals.get(taxon) ?? 0) + 1);
  used.forEach((taxon, i) => {
    const bin = records[i]?.bin;
    if (taxon === undefined || bin === undefined || (totals.get(taxon) ?? 0) < minimum) return;
    const [name, part] = side === 'bin' ? [bin, taxon] : [taxon, bin];
    const parts = groups.get(name) ?? new Map<string, number[]>();
    groups.set(name, parts);
    const members = parts.get(part);
    if (members === undefined) parts.set(part, [i]);
    else members.push(i);
  });
  return Array.from(groups, ([name, parts]): Conflict => {
    const counts = Array.from(parts, ([part, members]) => ({ name: part, records: members }));
    counts.sort((a, b) => b.records.length - a.records.length || (a.name < b.name ? -1 : 1));
    return { name, rank, counts, total: counts.reduce((sum, { records: own }) => sum + own.length, 0) };
  })
    .filter(({ counts }) => counts.length > 1)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The coarsest rank at which two lineages bear different names; undefined where they agree as far as both are named. */
export function divergence(a: Library['names'][number], b: Library['names'][number]): Rank | undefined {
  return ranks.find((rank) => a[rank] !== undefined && b[rank] !== undefined && a[rank] !== b[rank]);
}
