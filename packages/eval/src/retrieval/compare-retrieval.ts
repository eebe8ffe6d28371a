import { BioscanError } from '@bioscan/core';
import { pairedDifference, type Estimate } from '../estimate.js';
import { querySets, type QuerySet } from './query-sets.js';
import { pairName } from './retrieval-pair.js';
import type { Retrieval } from './retrieval.js';
import type { RetrievalRow } from './score-retrieval.js';

/** a - b of one row, on the same draws. */
export interface RetrievalDifference
  extends
    Pick<RetrievalRow, 'pair' | 'rank' | 'top' | 'statistic'>,
    Readonly<Partial<Record<QuerySet | 'harmonicMean', Estimate>>> {}

/**
 * Row by row differences of two retrievals of the same queries with one resampler, as of an aligned and a raw encoder.
 * Rows that only one of them has are left out.
 * @throws BioscanError `mismatch` when they share no row, or a row rests on other queries or draws
 */
export function compareRetrieval(a: Pick<Retrieval, 'rows'>, b: Pick<Retrieval, 'rows'>): RetrievalDifference[] {
  const others = new Map(b.rows.map((row) => [rowKey(row), row]));
  const differences = a.rows.flatMap((row) => {
    const other = others.get(rowKey(row));
    return other === undefined ? [] : [differenceOf(row, other)];
  });
  if (differences.length === 0) {
    throw new BioscanError('mismatch', 'eval: compareRetrieval, got no common row, expected the same pairs and ranks');
  }
  return differences;
}

function differenceOf(a: RetrievalRow, b: RetrievalRow): RetrievalDifference {
  const { pair, rank, top, statistic } = a;
  const parts = [...querySets, 'harmonicMean' as const].flatMap((part) => {
    const [x, y] = [a[part], b[part]];
    return x === undefined || y === undefined ? [] : [[part, pairedDifference(x, y)] as const];
  });
  return { pair, rank, top, statistic, ...Object.fromEntries(parts) };
}

/** Names a row: equal keys of two systems belong together. */
export function rowKey({
  pair,
  rank,
  top,
  statistic,
}: Pick<RetrievalRow, 'pair' | 'rank' | 'top' | 'statistic'>): string {
  return `${pairName(pair)}\t${rank}\t${top}\t${statistic}`;
}
