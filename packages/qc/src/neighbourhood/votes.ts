import type { Neighbours, Rank } from '@bioscan/core';
import type { Library } from '../library/library.js';

/** Neighbours of a query that may say something about it, nearest first: records of the library. */
export interface Witnesses {
  /** Position of the query's record. */
  readonly record: number;
  readonly witnesses: readonly number[];
}

/**
 * Neighbours without those that vouch for copies: the same record, the same barcode, the same plate, and accessions of one batch. What is left
 * never shared a mistake with the query, so a vote over it is cross-fitted. Queries and keys that the library lacks are passed over.
 */
export function independentWitnesses(library: Library, neighbours: Neighbours, most = 15): Witnesses[] {
  const keyRecords = neighbours.keyIds.map((id) => library.indexOf(id) ?? -1);
  const batches = library.records.map(({ curation }) => batchOf(curation?.accession));
  return neighbours.queryIds.flatMap((id, q): Witnesses[] => {
    const record = library.indexOf(id);
    if (record === undefined) return [];
    const plate = library.wells[record]?.plate;
    const haplotype = library.haplotypes.of[record] as number;
    const batch = batches[record];
    const witnesses: number[] = [];
    const seen = new Set<number>();
    for (let slot = 0; slot < neighbours.k && witnesses.length < most; slot++) {
      const key = neighbours.index[q * neighbours.k + slot] as number;
      const other = keyRecords[key] ?? -1;
      if (key < 0 || other < 0 || other === record) continue;
      const otherHaplotype = library.haplotypes.of[other] as number;
      if (otherHaplotype >= 0 && (otherHaplotype === haplotype || seen.has(otherHaplotype))) continue;
      if (plate !== undefined && library.wells[other]?.plate === plate) continue;
      if (batch !== undefined && batches[other] === batch) continue;
      seen.add(otherHaplotype);
      witnesses.push(other);
    }
    return [{ record, witnesses }];
  });
}

/** Accessions are numbered in the order of submission: those that share all but the last two digits came together. */
function batchOf(accession: string | undefined): string | undefined {
  return accession === undefined || accession.length < 6 ? undefined : accession.replace(/\.\d+$/, '').slice(0, -2);
}

/** Shares of the names that witnesses bear at a rank; names read off the barcode and missing ones do not vote. */
export interface Vote {
  readonly shares: ReadonlyMap<string, number>;
  readonly voters: number;
  /** The commonest name; the nearest of equals. */
  readonly top: string | undefined;
}

export function vote(library: Library, witnesses: readonly number[], rank: Rank): Vote {
  const counts = new Map<string, number>();
  let voters = 0;
  for (const witness of witnesses) {
    const name = library.names[witness]?.[rank];
    if (name === undefined || library.circular[witness] === 1) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    voters++;
  }
  let top: string | undefined;
  let most = 0;
  for (const [name, votes] of counts) if (votes > most) [top, most] = [name, votes];
  return { shares: new Map(Array.from(counts, ([name, votes]) => [name, votes / voters])), voters, top };
}
