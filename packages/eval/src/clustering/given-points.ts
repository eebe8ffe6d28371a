import { BioscanError, type Neighbours } from '@bioscan/core';
import type { NearestPoints } from './nearest-points.js';

/**
 * Neighbours that something else found (alignment, an approximate index) as the k nearest points: each point first, distance 0. A similarity of 0 to 1
 * becomes 1 less itself. A point with fewer neighbours has fewer edges: its rest is the point itself again.
 */
export function givenPoints(
  { index, score, k: found, higherIsNearer }: Neighbours,
  points: number,
  k: number,
): NearestPoints {
  if (index.length !== points * found) {
    throw new BioscanError(
      'mismatch',
      `eval: umap, got neighbours of ${index.length / found} points, expected of ${points}`,
    );
  }
  const out = { index: new Int32Array(points * k), distance: new Float64Array(points * k), k };
  for (let i = 0; i < points; i++) {
    const row = [{ j: i, distance: 0 }];
    for (let at = i * found; at < (i + 1) * found; at++) {
      const j = index[at] as number;
      const value = score[at] as number;
      if (j >= 0 && j !== i) row.push({ j, distance: Math.max(0, higherIsNearer ? 1 - value : value) });
    }
    const farthest = row.slice(0, k).at(-1)?.distance ?? 0;
    for (let slot = 0; slot < k; slot++) {
      out.index[i * k + slot] = row[slot]?.j ?? i;
      out.distance[i * k + slot] = row[slot]?.distance ?? farthest;
    }
  }
  return out;
}
