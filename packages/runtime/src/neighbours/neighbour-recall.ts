import { BioscanError, type Neighbours } from '@bioscan/core';

/** What an approximate search keeps of the exact one. Shares of 1. */
export interface NeighbourRecall {
  readonly queries: number;
  readonly k: number;
  /** Queries whose nearest key is found. */
  readonly first: number;
  /** Exact neighbours that are found, over queries and their k neighbours. */
  readonly all: number;
}

/**
 * Compares neighbours of the same queries among the same keys. As first, a key as near as the nearest (within 1e-6) counts too: which of several equal
 * keys is returned says nothing.
 * @throws BioscanError `mismatch` for other queries, keys or k
 */
export function neighbourRecall(approximate: Neighbours, exact: Neighbours): NeighbourRecall {
  const { k, queryIds, keyIds } = exact;
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((id, i) => id === b[i]);
  if (approximate.k !== k || !same(approximate.queryIds, queryIds) || !same(approximate.keyIds, keyIds)) {
    throw new BioscanError(
      'mismatch',
      'runtime: recall, got other queries, keys or k, expected the same in both searches',
    );
  }
  let [first, found, total] = [0, 0, 0];
  queryIds.forEach((_, query) => {
    const start = query * k;
    const ours = new Set(approximate.index.subarray(start, start + k));
    for (let at = start; at < start + k; at++) {
      const key = exact.index[at] as number;
      if (key < 0) continue;
      total++;
      const hit = ours.has(key);
      if (hit) found++;
      if (at === start && (approximate.index[start] === key || isTie(approximate, exact, start))) first++;
    }
  });
  return { queries: queryIds.length, k, first: first / queryIds.length, all: total === 0 ? 1 : found / total };
}

/** The key found first scores, in the exact search, as the nearest one does. */
function isTie(approximate: Neighbours, exact: Neighbours, start: number): boolean {
  const at = exact.index.subarray(start, start + exact.k).indexOf(approximate.index[start] as number);
  return at > 0 && Math.abs((exact.score[start + at] as number) - (exact.score[start] as number)) < 1e-6;
}
