import type { MonotoneCurve } from '@bioscan/core';

interface Pool {
  first: number;
  last: number;
  sum: number;
  weight: number;
}

/**
 * The never-falling step function of least weighted squares through (x, y), by pooling adjacent violators (Ayer et al. 1955), as points to be
 * joined by lines. Equal x are averaged first. O(n log n).
 * @throws RangeError without points
 */
export function isotonicRegression(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): MonotoneCurve {
  if (x.length === 0 || x.length !== y.length) {
    throw new RangeError(
      `eval: isotonic regression, got ${x.length} and ${y.length} values, expected equally many, one at least`,
    );
  }
  const pools: Pool[] = [];
  for (const point of averaged(x, y, weights)) {
    pools.push(point);
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      const before = pools.at(-2);
      if (before === undefined || before.sum / before.weight < last.sum / last.weight) break;
      pools.splice(-2, 2, {
        first: before.first,
        last: last.last,
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
      });
    }
  }
  const ends = pools.flatMap(({ first, last, sum, weight }) => {
    const value = sum / weight;
    return first === last
      ? [[first, value] as const]
      : ([
          [first, value],
          [last, value],
        ] as const);
  });
  return { from: ends.map(([at]) => at), to: ends.map(([, value]) => value) };
}

function averaged(x: ArrayLike<number>, y: ArrayLike<number>, weights: ArrayLike<number> | undefined): Pool[] {
  const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => (x[a] as number) - (x[b] as number));
  const points: Pool[] = [];
  for (const i of order) {
    const at = x[i] as number;
    const weight = weights?.[i] ?? 1;
    if (weight <= 0) continue;
    const last = points.at(-1);
    if (last?.first === at) {
      last.sum += weight * (y[i] as number);
      last.weight += weight;
    } else points.push({ first: at, last: at, sum: weight * (y[i] as number), weight });
  }
  return points;
}
