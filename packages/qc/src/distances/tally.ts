/** How often each value occurred: the exact distribution of distances, small because distances repeat. Plain JSON. */
export interface Tally {
  /** Different values, ascending. */
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/** Tukey's box: quartiles, and whiskers at the outermost values within 1.5 interquartile ranges of them. */
export interface BoxStatistics {
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  /** Values beyond the whiskers. */
  readonly outliers: number;
}

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; undefined below two values. */
  readonly deviation: number | undefined;
  readonly smallest: number;
  readonly largest: number;
}

/** Counts values. */
export function tallyOf(values: Iterable<number>): Tally {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return fromCounts(counts);
}

export function mergeTallies(tallies: readonly Tally[]): Tally {
  const [only] = tallies;
  if (only !== undefined && tallies.length === 1) return only;
  const all = new Map<number, number>();
  for (const { values, counts } of tallies) {
    values.forEach((value, i) => all.set(value, (all.get(value) ?? 0) + (counts[i] as number)));
  }
  return fromCounts(all);
}

function fromCounts(counts: ReadonlyMap<number, number>): Tally {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return { values: sorted.map(([value]) => value), counts: sorted.map(([, count]) => count) };
}

/** Undefined without values. */
export function momentsOf({ values, counts }: Tally): Moments | undefined {
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count === 0) return undefined;
  const mean = values.reduce((sum, value, i) => sum + value * (counts[i] as number), 0) / count;
  const squares = values.reduce((sum, value, i) => sum + (value - mean) ** 2 * (counts[i] as number), 0);
  return {
    count,
    mean,
    deviation: count < 2 ? undefined : Math.sqrt(squares / (count - 1)),
    smallest: values[0] as number,
    largest: values[values.length - 1] as number,
  };
}

/** The share-th quantile, between neighbours in proportion (type 7 of Hyndman & Fan 1996, NumPy's default); NaN without values. */
export function quantile({ values, counts }: Tally, share: number): number {
  const total = counts.reduce((sum, one) => sum + one, 0);
  const position = share * (total - 1);
  const below = Math.floor(position);
  let passed = 0;
  for (const [i, value] of values.entries()) {
    passed += counts[i] as number;
    if (passed <= below) continue;
    const next = passed > below + 1 ? value : (values[i + 1] ?? value);
    return value + (position - below) * (next - value);
  }
  return Number.NaN;
}

/** Undefined without values. */
export function boxStatistics(tally: Tally): BoxStatistics | undefined {
  if (tally.values.length === 0) return undefined;
  const [q1, median, q3] = [quantile(tally, 0.25), quantile(tally, 0.5), quantile(tally, 0.75)];
  const reach = 1.5 * (q3 - q1);
  const inside = tally.values.filter((value) => value >= q1 - reach && value <= q3 + reach);
  const outliers = tally.values.reduce(
    (sum, value, i) => sum + (value < q1 - reach || value > q3 + reach ? (tally.counts[i] as number) : 0),
    0,
  );
  // A whisker never ends inside the box.
  const [low, high] = [Math.min(q1, inside[0] ?? q1), Math.max(q3, inside[inside.length - 1] ?? q3)];
  return { low, q1, median, q3, high, outliers };
}
