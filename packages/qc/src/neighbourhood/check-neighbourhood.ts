import type { Neighbours, Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import { ranks } from '@bioscan/core';
import type { Library } from '../library/library.js';
import { percent } from '../library/words.js';
import { processIds } from '../sequences/ids-of.js';
import { independentWitnesses, vote, type Vote, type Witnesses } from './votes.js';

export interface NeighbourhoodOptions {
  /** Neighbours that vote, after copies are left out; default 15. */
  readonly k?: number;
  /** Fewest that must; names with fewer other barcodes are not judged. Default 3. */
  readonly fewest?: number;
  /** Ranks that are judged, coarse to fine; default order, family, genus, species. */
  readonly ranks?: readonly Rank[];
}

/**
 * Labels against their neighbourhood in an embedding made without labels (tier 3). Confident learning (Northcutt et al. 2021): a name is doubted
 * when its neighbours bear another one at least as surely as that name's own records do on average. The neighbours are the caller's: any search.
 * One finding a record, at the coarsest rank; all records with the query's barcode and name are reported with it.
 */
export function checkNeighbourhood(
  library: Library,
  neighbours: Neighbours,
  options: NeighbourhoodOptions = {},
): CheckFinding[] {
  const { k = 15, fewest = 3, ranks: judged = ['order', 'family', 'genus', 'species'] } = options;
  const queries = independentWitnesses(library, neighbours, k);
  const doubted = new Set<number>();
  return judged.flatMap((rank) => {
    const sizes = classSizes(library, queries, rank);
    const votes = queries.map(({ record, witnesses }) => {
      // A name with five barcodes cannot fill fifteen places: no more vote than it could.
      const others = (sizes.get(library.names[record]?.[rank] ?? '') ?? 0) - 1;
      return vote(library, witnesses.slice(0, Math.min(k, Math.max(0, others))), rank);
    });
    const usual = selfConfidence(library, queries, votes, rank, fewest);
    return queries.flatMap(({ record }, i): CheckFinding[] => {
      const found = votes[i];
      const label = library.names[record]?.[rank];
      if (found === undefined || label === undefined || found.voters < fewest || doubted.has(record)) return [];
      const { top } = found;
      if (top === undefined || top === label || library.circular[record] === 1) return [];
      const share = found.shares.get(top) ?? 0;
      const own = found.shares.get(label) ?? 0;
      if (share < Math.max(majority, usual.get(top) ?? 1) || own > (usual.get(label) ?? 1) / 2) return [];
      doubted.add(record);
      return [finding(library, record, { rank, label, top, share, own, voters: found.voters })];
    });
  });
}

/** Share of the votes that another name must have in any case. */
const majority = 0.5;

function classSizes(library: Library, queries: readonly Witnesses[], rank: Rank): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { record } of queries) {
    const label = library.names[record]?.[rank];
    if (label !== undefined) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  return sizes;
}

interface Doubt {
  readonly rank: Rank;
  readonly label: string;
  readonly top: string;
  readonly share: number;
  readonly own: number;
  readonly voters: number;
}

function finding(library: Library, record: number, { rank, label, top, share, own, voters }: Doubt): CheckFinding {
  const twins = (library.haplotypes.members[library.haplotypes.of[record] as number] ?? [record]).filter(
    (other) => library.names[other]?.[rank] === label,
  );
  const depth = ranks.indexOf('species') - ranks.indexOf(rank);
  return {
    check: 'label-against-neighbourhood',
    severity: rank === 'species' ? 'warning' : 'error',
    records: processIds(library, twins.length === 0 ? [record] : twins),
    message: `Named ${label}, but ${percent(share)} of its ${voters} nearest independent neighbours are ${top}${own === 0 ? ' and none is' : ` and ${percent(own)} are`} ${label}.`,
    evidence: {
      rank, label, neighbours: top, share, ownShare: own, voters,
      score: Math.min(1, (share - own) * (voters / (voters + 2)) * (0.75 + 0.1 * depth)),
    },
    action: rank === 'species' ? 'compare the voucher with both species' : 'look at the voucher; if the name is right, re-sequence',
  }; // prettier-ignore
}

/** Average share that a name has among the neighbours of its own records: the bar that it must pass elsewhere. */
function selfConfidence(
  library: Library,
  queries: readonly Witnesses[],
  votes: readonly Vote[],
  rank: Rank,
  fewest: number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, [sum: number, count: number]>();
  queries.forEach(({ record }, i) => {
    const label = library.names[record]?.[rank];
    const found = votes[i];
    if (label === undefined || found === undefined || found.voters < fewest) return;
    const [sum, count] = sums.get(label) ?? [0, 0];
    sums.set(label, [sum + (found.shares.get(label) ?? 0), count + 1]);
  });
  return new Map(Array.from(sums, ([label, [sum, count]]) => [label, sum / count]));
}
