import type { Rng } from '@bioscan/core';

/** Largest gap between two empirical distribution functions, and how often chance makes one as large. */
export interface TwoSampleTest {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * The two-sample Kolmogorov-Smirnov test by permutation, which is right for small samples and for ties. The p-value counts the observed
 * arrangement, so it is never 0. O(draws x (n + m)).
 */
export function kolmogorovSmirnovTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { rng, draws = 499 }: { readonly rng: Rng; readonly draws?: number },
): TwoSampleTest {
  if (a.length === 0 || b.length === 0) throw new RangeError('eval: Kolmogorov-Smirnov test of an empty sample');
  const values = [...Array.from(a), ...Array.from(b)];
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const sorted = order.map((i) => values[i] as number);
  const first = order.map((i) => i < a.length);
  const statistic = largestGap(sorted, first, a.length, b.length);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    if (largestGap(sorted, rng.shuffle(first), a.length, b.length) >= statistic - 1e-12) asLarge++;
  }
  return { statistic, pValue: (1 + asLarge) / (1 + draws) };
}

/** `first[i]` says whether the i-th smallest value is of the first sample. Gaps count only where a value ends. */
function largestGap(sorted: readonly number[], first: readonly boolean[], n: number, m: number): number {
  let [gap, largest] = [0, 0];
  for (let i = 0; i < sorted.length; i++) {
    gap += first[i] === true ? 1 / n : -1 / m;
    if (sorted[i + 1] !== sorted[i]) largest = Math.max(largest, Math.abs(gap));
  }
  return largest;
}

/**
 * How large a shift, in standard deviations of the reference sample, a Kolmogorov-Smirnov test of `count` values against it finds 4 times in 5
 * at the level. Simulated by drawing from the sample itself and moving the draws; undefined where even 3 deviations are too few.
 */
export function detectableShift(
  reference: readonly number[],
  count: number,
  { rng, level = 0.05, draws = 200 }: { readonly rng: Rng; readonly level?: number; readonly draws?: number },
): number | undefined {
  const sorted = [...reference].sort((x, y) => x - y);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  // The asymptotic critical value: permutations for every draw would take minutes.
  const critical = Math.sqrt((-Math.log(level / 2) / 2) * (1 / count + 1 / sorted.length));
  for (let shift = 0.1; shift < 3.05; shift += 0.1) {
    let found = 0;
    for (let draw = 0; draw < draws; draw++) {
      const moved = Array.from(
        { length: count },
        () => (sorted[rng.integer(sorted.length)] as number) - shift * deviation,
      );
      if (gapOf(moved, sorted) > critical) found++;
    }
    if (found >= 0.8 * draws) return Math.round(shift * 10) / 10;
  }
  return undefined;
}

/** The Kolmogorov-Smirnov statistic against a rising reference: gaps are largest where a value of the sample stands. */
function gapOf(values: readonly number[], reference: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  let largest = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    const [before, upTo] = [countBelow(reference, value, false), countBelow(reference, value, true)];
    largest = Math.max(
      largest,
      (i + 1) / sorted.length - upTo / reference.length,
      before / reference.length - i / sorted.length,
    );
  }
  return largest;
}

/** How many of the rising values are below `value`, or not above it. */
function countBelow(rising: readonly number[], value: number, orEqual: boolean): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = rising[middle] as number;
    if (one < value || (orEqual && one === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
