import { BioscanError, type Neighbours } from '@bioscan/core';
import type { NearestPoints } from './nearest-points.js';

/**
 * Neighbours that something else found (alignment, an approximate index) as the k nearest points: each point first, distance 0. A similarity of 0 to 1
 * becomes 1 less itself. A point with fewer neighbours has fewer edges: its rest is the point itself again.
 * @throws BioscanError `mismatch` unless queries and keys are the points, in one order; `bad-input` for a similarity above 1 or no number
 */
export function givenPoints(neighbours: Neighbours, points: number, k: number): NearestPoints {
  requirePointsAsBoth(neighbours, points);
  const { index, k: found } = neighbours;
  const out = { index: new Int32Array(points * k), distance: new Float64Array(points * k), k };
  for (let i = 0; i < points; i++) {
    const row = [{ j: i, distance: 0 }];
    for (let at = i * found; at < (i + 1) * found; at++) {
      const j = index[at] as number;
      if (j >= 0 && j !== i) row.push({ j, distance: distanceOf(neighbours, i, at) });
    }
    const farthest = row.slice(0, k).at(-1)?.distance ?? 0;
    for (let slot = 0; slot < k; slot++) {
      out.index[i * k + slot] = row[slot]?.j ?? i;
      out.distance[i * k + slot] = row[slot]?.distance ?? farthest;
    }
  }
  return out;
}

function requirePointsAsBoth({ queryIds, keyIds, index, k }: Neighbours, points: number): void {
  if (queryIds.length !== points || index.length !== points * k) {
    throw mismatch(`neighbours of ${queryIds.length} points, expected of ${points}`);
  }
  if (keyIds.length !== points) {
    throw mismatch(`neighbours among ${keyIds.length} keys, expected the ${points} points themselves as keys`);
  }
  const at = queryIds.findIndex((id, i) => id !== keyIds[i]);
  if (at >= 0) {
    throw mismatch(
      `key '${keyIds[at] ?? ''}' beside query '${queryIds[at] ?? ''}', expected the points as queries and keys in one order`,
    );
  }
  const outside = index.find((j) => j >= points);
  if (outside !== undefined) throw mismatch(`neighbour ${outside}, expected 0 to ${points - 1}, or -1 for none`);
}

function mismatch(problem: string): BioscanError {
  return new BioscanError('mismatch', `eval: umap, got ${problem}; search the points among themselves, in their order`);
}

/** Similarities are float32: those of equal points may pass 1 in their last bits. */
const rounding = 1e-5;

function distanceOf({ score, higherIsNearer, queryIds }: Neighbours, point: number, at: number): number {
  const value = score[at] as number;
  const valid = higherIsNearer ? value <= 1 + rounding : value >= -rounding;
  if (!valid) {
    const expected = higherIsNearer ? 'a similarity of at most 1' : 'a distance of 0 or more';
    throw new BioscanError(
      'bad-input',
      `eval: umap, got ${value} as score of a neighbour of '${queryIds[point] ?? ''}', expected ${expected}; ` +
        'scale the scores, or give distances with higherIsNearer: false',
      { id: queryIds[point] ?? '' },
    );
  }
  return Math.max(0, higherIsNearer ? 1 - value : value);
}
