import { BioscanError, type LabelRank, type Neighbours } from '@bioscan/core';
import { labelsOf, type LabelTable } from './label-table.js';
import type { Predictions } from './predictions.js';

export interface KnnOptions {
  /** Voters. Default 1, as the published probe (cosine neighbours). */
  readonly k?: number;
  /** Longest list of labels to return. Default 5; lists are shorter where the neighbours hold fewer labels. */
  readonly depth?: number;
}

/**
 * Predicts labels at a rank by majority vote of the nearest labelled keys.
 * Keys without a label at the rank are passed over; the first k that have one vote. More votes win; equal votes go to the label whose first
 * voter is nearest. Labels met only beyond the k voters follow in order of nearness, so that with k = 1 the list is the distinct labels by
 * nearness. Queries whose neighbours all lack a label abstain. Neighbours may hold more than k keys and should where labels are sparse.
 * @throws BioscanError `mismatch` when the neighbours hold fewer than k keys a query.
 */
export function knnPredictions(
  neighbours: Neighbours,
  labels: LabelTable,
  rank: LabelRank,
  options: KnnOptions = {},
): Predictions {
  return knnFromLabels(neighbours, labelsOf(labels, neighbours.keyIds, rank), rank, options);
}

/** As {@link knnPredictions}, with the labels of the keys given in their order: permuted, for chance. */
export function knnFromLabels(
  neighbours: Neighbours,
  keyLabels: readonly (string | undefined)[],
  rank: LabelRank,
  { k = 1, depth = 5 }: KnnOptions = {},
): Predictions {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`eval: k must be a positive integer, got ${k}`);
  if (!Number.isInteger(depth) || depth < 1)
    throw new RangeError(`eval: depth must be a positive integer, got ${depth}`);
  if (k > neighbours.k) {
    throw new BioscanError(
      'mismatch',
      `eval: k-NN probe, got ${neighbours.k} neighbours a query, expected at least k = ${k}; search for more`,
    );
  }
  const lists = neighbours.queryIds.map((_, query) => {
    const start = query * neighbours.k;
    return vote(neighbours.index.subarray(start, start + neighbours.k), keyLabels, k, depth);
  });
  const known = new Set(keyLabels.filter((label) => label !== undefined));
  return { rank, queryIds: neighbours.queryIds, labels: lists, depth, keyLabels: known };
}

/** Labels of one query's neighbours, by votes of the first k labelled keys, then by nearness. */
function vote(keys: Int32Array, keyLabels: readonly (string | undefined)[], k: number, depth: number): string[] {
  const votes = new Map<string, number>();
  let voters = 0;
  for (const key of keys) {
    const label = key < 0 ? undefined : keyLabels[key];
    if (label === undefined) continue;
    const ballot = voters < k ? 1 : 0;
    voters++;
    votes.set(label, (votes.get(label) ?? 0) + ballot);
    // Later keys have no vote and can only stand behind these.
    if (voters >= k && votes.size >= depth) break;
  }
  // A map keeps order of insertion and sort is stable: equal votes stay in order of nearness.
  return [...votes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, depth)
    .map(([label]) => label);
}
