import { barcodeKey, ranks, type Identified, type Lineage, type Neighbours, type Rank, type Rng } from '@bioscan/core';
import { barcodeGroups, type BarcodeGroups } from './barcode-groups.js';
import { countShared, kmerIndex, type KmerIndex } from './kmer-index.js';
import { inSlices, type LongWorkOptions } from './long-work.js';
import { neighbourRows, type Hit } from './neighbour-rows.js';
import { distinctKmers } from './packed-kmers.js';

/** A barcode whose names are known. */
export interface SintaxReference {
  readonly id: string;
  readonly barcode: string;
  readonly lineage: Lineage;
}

export interface SintaxOptions {
  /** Draws the k-mers and breaks ties; each barcode gets a stream of its own, so the order of queries does not matter. */
  readonly rng: Rng;
  /** Letters of a word, 4 to 12; default 8. */
  readonly k?: number;
  /** Default 100. */
  readonly bootstraps?: number;
  /** Words of the query drawn each time, with replacement; default 32. */
  readonly words?: number;
}

/** A name and the share of bootstraps that support it together with all coarser names reported. */
export interface SintaxName {
  readonly name: string;
  readonly confidence: number;
}

/** Names by rank, coarse to fine; ranks without any vote are absent. */
export type SintaxResult = Readonly<Partial<Record<Rank, SintaxName>>>;

export interface Sintax {
  classify(barcode: string): SintaxResult;
  /** The references that most bootstraps found nearest; the score is their share. Ties stand in reference order. */
  neighbours(
    queries: readonly Identified<string>[],
    options?: LongWorkOptions & { readonly k?: number },
  ): Promise<Neighbours>;
}

/**
 * A k-mer bootstrap classifier of the SINTAX kind: 100 times, 32 random 8-mers of the query vote for the reference that holds most of them.
 * References tied for most are drawn at random, one record one ticket, so that conflicting names on one barcode share the confidence.
 * Windows with an ambiguity code are left out. Only the strand as given is tried. Source: Edgar 2016, doi:10.1101/074161.
 */
export function sintax(references: readonly SintaxReference[], options: SintaxOptions): Sintax {
  const { rng, k = 8, bootstraps = 100, words = 32 } = options;
  if (!Number.isInteger(k) || k < 4 || k > 12) throw new RangeError(`dna: sintax needs k of 4 to 12, got ${k}`);
  const groups = barcodeGroups(references.map(({ barcode }) => barcode));
  const counts = new Uint16Array(groups.barcodes.length);
  const voting: Voting = { groups, index: kmerIndex(groups.barcodes, k), counts, rng, bootstraps, words };
  return {
    classify: (barcode) => namesOf(vote(barcode, voting), references, bootstraps),
    async neighbours(queries, { k: count = 1, ...work } = {}) {
      const rows = neighbourRows(queries, references, count);
      const step = (q: number): void => {
        rows.set(q, hitsOf(vote(queries[q]?.input ?? '', voting), bootstraps));
      };
      await inSlices('sintax', queries.length, step, work);
      return rows.done(true);
    },
  };
}

interface Voting {
  readonly groups: BarcodeGroups;
  readonly index: KmerIndex;
  readonly counts: Uint16Array;
  readonly rng: Rng;
  readonly bootstraps: number;
  readonly words: number;
}

/** How many bootstraps chose each reference. */
type Votes = ReadonlyMap<number, number>;

function vote(barcode: string, { groups, index, counts, rng, bootstraps, words }: Voting): Votes {
  const votes = new Map<number, number>();
  const kmers = distinctKmers(barcode, index.k);
  if (kmers.length === 0) return votes;
  const random = rng.split(barcodeKey(barcode));
  const drawn = new Int32Array(words);
  for (let round = 0; round < bootstraps; round++) {
    for (let i = 0; i < words; i++) drawn[i] = kmers[random.integer(kmers.length)] as number;
    counts.fill(0);
    countShared(index, drawn, counts);
    const chosen = drawTop(counts, groups, random);
    if (chosen !== undefined) votes.set(chosen, (votes.get(chosen) ?? 0) + 1);
  }
  return votes;
}

/** One of the records that hold most of the words; undefined when none holds any. */
function drawTop(counts: Uint16Array, { members }: BarcodeGroups, random: Rng): number | undefined {
  let most = 0;
  for (const count of counts) if (count > most) most = count;
  if (most === 0) return undefined;
  const tied: number[] = [];
  for (let group = 0; group < counts.length; group++) {
    if (counts[group] === most) tied.push(...(members[group] ?? []));
  }
  return tied[random.integer(tied.length)];
}

function hitsOf(votes: Votes, bootstraps: number): Hit[] {
  return [...votes]
    .map(([key, count]) => ({ key, score: count / bootstraps }))
    .sort((x, y) => y.score - x.score || x.key - y.key);
}

/** From coarse to fine: the name with most votes among those that agree with the names before; ties go to the name seen first. */
function namesOf(votes: Votes, references: readonly SintaxReference[], bootstraps: number): SintaxResult {
  const result: Partial<Record<Rank, SintaxName>> = {};
  let agreeing = [...votes].sort(([x], [y]) => x - y);
  for (const rank of ranks) {
    const byName = new Map<string, number>();
    for (const [reference, count] of agreeing) {
      const name = references[reference]?.lineage[rank];
      if (name !== undefined) byName.set(name, (byName.get(name) ?? 0) + count);
    }
    let best: SintaxName | undefined;
    for (const [name, count] of byName) {
      if (count / bootstraps > (best?.confidence ?? 0)) best = { name, confidence: count / bootstraps };
    }
    if (best === undefined) continue;
    const { name } = best;
    result[rank] = best;
    agreeing = agreeing.filter(([reference]) => references[reference]?.lineage[rank] === name);
  }
  return result;
}
