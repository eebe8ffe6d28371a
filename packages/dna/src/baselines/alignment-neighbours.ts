import type { Identified, Neighbours } from '@bioscan/core';
import { baseCodes, type BaseCodes } from '../distance/base-codes.js';
import { semiGlobalDistance } from '../distance/semi-global-distance.js';
import { barcodeGroups, type BarcodeGroups } from './barcode-groups.js';
import { countShared, kmerIndex, largestCounts, type KmerIndex } from './kmer-index.js';
import { inSlices, type LongWorkOptions } from './long-work.js';
import { neighbourRows, type Hit } from './neighbour-rows.js';
import { distinctKmers } from './packed-kmers.js';

export interface AlignmentNeighboursOptions extends LongWorkOptions {
  /** Neighbours a query; default 1. */
  readonly k?: number;
  /** Keys that are aligned: those sharing most k-mers; default 11-mers, 16 different barcodes. */
  readonly prefilter?: { readonly k?: number; readonly candidates?: number };
  /** Fewest compared sites of a neighbour; default 300. */
  readonly minimumOverlap?: number;
  /** `identity` (default), or the alignment's `score`, which like BLAST's prefers longer overlaps. */
  readonly rankBy?: 'identity' | 'score';
}

/**
 * The nearest keys by alignment: identical barcodes first; then, among the keys that share most 11-mers, by semi-global identity.
 * Ties stand in key order. Scores are identities of 0 to 1 (or alignment scores); a query without hits has index -1 and counts as wrong.
 * The prefilter is a heuristic, the alignments are exact. Memory: 40 MB for 10,000 keys. Yields to the event loop, cancellable.
 */
export async function alignmentNeighbours(
  queries: readonly Identified<string>[],
  keys: readonly Identified<string>[],
  options: AlignmentNeighboursOptions = {},
): Promise<Neighbours> {
  const { k = 1, prefilter = {}, minimumOverlap = 300, rankBy = 'identity' } = options;
  const { k: seed = 11, candidates = 16 } = prefilter;
  if (!Number.isInteger(seed) || seed < 4 || seed > 12) {
    throw new RangeError(`dna: prefilter.k must be 4 to 12, got ${seed}`);
  }
  if (!Number.isInteger(candidates) || candidates < k) {
    throw new RangeError(`dna: prefilter.candidates must be at least k (${k}), got ${candidates}`);
  }
  const groups = barcodeGroups(keys.map(({ input }) => input));
  const search: Search = {
    groups,
    codes: groups.barcodes.map((barcode) => baseCodes(barcode)),
    index: kmerIndex(groups.barcodes, seed),
    counts: new Uint16Array(groups.barcodes.length),
    candidates,
    minimumOverlap,
    rankBy,
  };
  const rows = neighbourRows(queries, keys, k);
  const step = (q: number): void => {
    rows.set(q, hitsOf(queries[q]?.input ?? '', search, k));
  };
  await inSlices('alignmentNeighbours', queries.length, step, options);
  return rows.done(true);
}

/** A k-mer in more than this share of the different keys (and more than `commonFloor`) hardly tells them apart but costs most of the time. */
const commonShare = 0.2;
const commonFloor = 500;

interface Search {
  readonly groups: BarcodeGroups;
  readonly codes: readonly BaseCodes[];
  readonly index: KmerIndex;
  readonly counts: Uint16Array;
  readonly candidates: number;
  readonly minimumOverlap: number;
  readonly rankBy: 'identity' | 'score';
}

/** At least the k nearest, nearest first. */
function hitsOf(barcode: string, search: Search, k: number): Hit[] {
  const { groups, codes, candidates } = search;
  const query = baseCodes(barcode);
  // A barcode of nothing but Ns is identical to nothing.
  const same = query.masks.some((mask) => mask !== 15) ? groups.find(barcode) : undefined;
  const exact = same === undefined ? [] : expand(groups, same, exactScore(query, search.rankBy));
  if (exact.length >= k) return exact;
  const near: Hit[] = [];
  for (const group of prefiltered(barcode, search, candidates)) {
    if (group === same) continue;
    const comparison = semiGlobalDistance(query, codes[group] as BaseCodes, search);
    if (comparison.comparable) near.push(...expand(groups, group, comparison[search.rankBy]));
  }
  near.sort((x, y) => y.score - x.score || x.key - y.key);
  return [...exact, ...near];
}

function prefiltered(barcode: string, { index, counts }: Search, candidates: number): number[] {
  counts.fill(0);
  const kmers = distinctKmers(barcode, index.k);
  countShared(index, kmers, counts, Math.max(commonFloor, index.size * commonShare));
  const found = largestCounts(counts, candidates);
  if (found.length >= candidates) return found;
  counts.fill(0);
  countShared(index, kmers, counts);
  return largestCounts(counts, candidates);
}

function exactScore({ masks }: BaseCodes, rankBy: 'identity' | 'score'): number {
  return rankBy === 'identity' ? 1 : masks.reduce((sites, mask) => sites + ((mask & (mask - 1)) === 0 ? 1 : 0), 0);
}

function expand({ members }: BarcodeGroups, group: number, score: number): Hit[] {
  return (members[group] ?? []).map((key) => ({ key, score }));
}
