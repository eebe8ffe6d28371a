import type { Rng } from '@bioscan/core';

export interface TwoSample {
  /** Energy distance by twice the mean distance between the samples: 0 same distribution, 1 nothing in common. */
  readonly distance: number;
  /** Its 95 % interval when the pooled points are dealt out at random. */
  readonly byChance: readonly [number, number];
}

/** Two-sample energy distance (Szekely and Rizzo 2013) with a permutation interval. */
export function energyDistance(
  x: readonly Float32Array[],
  y: readonly Float32Array[],
  random: Rng,
  draws = 200,
): TwoSample {
  const pooled = [...x, ...y];
  const distances = squaredDistances(pooled).map(Math.sqrt);
  const order = pooled.map((_, i) => i);
  const observed = coefficient(distances, order, x.length);
  const drawn = Array.from({ length: draws }, () => coefficient(distances, random.shuffle([...order]), x.length)).sort(
    (a, b) => a - b,
  );
  return {
    distance: observed,
    byChance: [drawn[Math.floor(0.025 * draws)] ?? 0, drawn[Math.floor(0.975 * draws)] ?? 0],
  };
}

/** Unbiased within-sample means, so that equal distributions give 0 on average. */
function coefficient(distances: Float64Array, order: readonly number[], first: number): number {
  const n = order.length;
  const [sums, pairs] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const kind = i < first ? 0 : j < first ? 2 : 1;
      sums[kind] = (sums[kind] as number) + (distances[(order[i] as number) * n + (order[j] as number)] as number);
      pairs[kind] = (pairs[kind] as number) + 1;
    }
  }
  const [within, other, between] = sums.map((sum, kind) => sum / (pairs[kind] as number)) as [number, number, number];
  return (2 * between - within - other) / (2 * between);
}

/** (n, n) */
export function squaredDistances(points: readonly Float32Array[]): Float64Array {
  const n = points.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const a = points[i] as Float32Array;
    for (let j = 0; j < i; j++) {
      const b = points[j] as Float32Array;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += ((a[k] as number) - (b[k] as number)) ** 2;
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}
