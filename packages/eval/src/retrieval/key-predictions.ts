import type { LabelRank, Neighbours } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';
import type { Predictions } from '../predictions.js';

/**
 * The labels of the nearest keys, one a key: a query is right at k when its label is among those of its first k keys.
 * (A probe's list holds distinct labels instead, so that its top 3 may reach further.) Each rank is read from the keys by itself, and keys
 * without a label at the rank are passed over.
 */
export function keyPredictions(
  neighbours: Neighbours,
  labels: LabelTable,
  rank: LabelRank,
  depth: number,
): Predictions {
  const keyLabels = labelsOf(labels, neighbours.keyIds, rank);
  const lists = neighbours.queryIds.map((_, query) => {
    const list: string[] = [];
    for (let at = query * neighbours.k; at < (query + 1) * neighbours.k && list.length < depth; at++) {
      const key = neighbours.index[at] as number;
      const label = key < 0 ? undefined : keyLabels[key];
      if (label !== undefined) list.push(label);
    }
    return list;
  });
  const known = new Set(keyLabels.filter((label) => label !== undefined));
  return { rank, queryIds: neighbours.queryIds, labels: lists, depth, keyLabels: known };
}

/**
 * Queries whose neighbours end before `depth` keys with a label at the rank, though more of those exist.
 * @param keyLabels label of each key
 */
export function shortLists(
  { index, k, keyIds }: Neighbours,
  keyLabels: readonly (string | undefined)[],
  depth: number,
): number {
  if (k >= keyIds.length) return 0;
  const wanted = Math.min(depth, keyLabels.filter((label) => label !== undefined).length);
  let short = 0;
  for (let start = 0; start < index.length; start += k) {
    let labelled = 0;
    for (let at = start; at < start + k; at++) if (keyLabels[index[at] as number] !== undefined) labelled++;
    if (labelled < wanted) short++;
  }
  return short;
}
