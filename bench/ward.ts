import { compareSides, sideRows, type ClusteringSize } from './clustering-sides.js';

/** Pinned by a test. */
export const wardSize: ClusteringSize = { n: 20_000, d: 50, rounds: 3 };

/** Ward's tree of points against scikit-learn's (goals: twice its speed, less memory). */
export async function wardBench(size: ClusteringSize = wardSize): Promise<object[]> {
  return sideRows(await compareSides('ward', size));
}
