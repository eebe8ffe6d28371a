import { BioscanError, type LabelRank, type Metric, type Neighbours } from '@bioscan/core';
import { estimate, metricOf, pairedDifference } from './estimate.js';
import { knnPredictions } from './knn-probe.js';
import type { LabelTable } from './label-table.js';
import { scorePredictions } from './outcomes.js';
import type { Resampler } from './resampler.js';

/** What a lighter version of an encoder (8 bits, pruned, another engine) keeps of the original's nearest neighbours. Shares of 1. */
export interface Agreement {
  readonly rank: LabelRank;
  /** Labelled queries. */
  readonly queries: number;
  /** Share of queries with the same nearest key. */
  readonly sameKey: number;
  /** Share of queries with the same nearest label. */
  readonly sameLabel: number;
  /** Micro top-1 accuracy of both, and candidate - reference on the same queries, with bootstrap intervals. */
  readonly reference: Metric;
  readonly candidate: Metric;
  readonly difference: Metric;
}

export interface AgreementOptions {
  readonly rank: LabelRank;
  readonly resampler: Resampler;
}

/**
 * Compares nearest neighbours of the same queries among the same keys.
 * @throws BioscanError `mismatch` when queries or keys differ.
 */
export function agreement(
  reference: Neighbours,
  candidate: Neighbours,
  labels: LabelTable,
  { rank, resampler }: AgreementOptions,
): Agreement {
  requireSame('queries', reference.queryIds, candidate.queryIds);
  requireSame('keys', reference.keyIds, candidate.keyIds);
  const both = [reference, candidate].map((neighbours) => knnPredictions(neighbours, labels, rank));
  const [ours, theirs] = both.map((predictions) => {
    const outcomes = scorePredictions(predictions, labels);
    return estimate(outcomes, resampler, { statistic: 'micro', unit: 'species' });
  }) as [ReturnType<typeof estimate>, ReturnType<typeof estimate>];
  const [first, second] = both.map(({ labels: lists }) => lists.map((list) => list[0])) as [string[], string[]];
  return {
    rank,
    queries: ours.count,
    sameKey: share(reference.queryIds, (_, i) => nearest(reference, i) === nearest(candidate, i)),
    sameLabel: share(first, (label, i) => label === second[i]),
    reference: metricOf(ours),
    candidate: metricOf(theirs),
    difference: metricOf(pairedDifference(theirs, ours)),
  };
}

function nearest({ index, k }: Neighbours, query: number): number | undefined {
  return index[query * k];
}

function share<Item>(items: readonly Item[], holds: (item: Item, i: number) => boolean): number {
  return items.filter(holds).length / items.length;
}

function requireSame(what: string, a: readonly string[], b: readonly string[]): void {
  if (a.length === b.length && a.every((id, i) => id === b[i])) return;
  throw new BioscanError(
    'mismatch',
    `eval: agreement, got different ${what} (${a.length} and ${b.length}), expected the same in the same order`,
  );
}
