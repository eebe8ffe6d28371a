import { compareSides, sideRows, type ClusteringSize } from './clustering-sides.js';

/** Pinned by a test. */
export const umapSize: ClusteringSize = { n: 20_000, d: 768, rounds: 3 };

/** UMAP to 50 dimensions with 30 neighbours against umap-learn, compiled beforehand and seeded (goal: at most twice its time). */
export async function umapBench(size: ClusteringSize = umapSize): Promise<object[]> {
  return sideRows(await compareSides('umap', size));
}
