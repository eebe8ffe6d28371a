import { compareSides, sideRows, type ClusteringSize } from './clustering-sides.js';

/** Pinned by a test. */
export const neighboursSize: ClusteringSize = { n: 10_000, d: 768, keys: 300_000, rounds: 3 };

/** Exact nearest key of each query against FAISS IndexFlatIP, both on 2 threads (goal: 0.95 of its speed). */
export async function neighboursBench(size: ClusteringSize = neighboursSize): Promise<object[]> {
  return sideRows(await compareSides('neighbours', size));
}
