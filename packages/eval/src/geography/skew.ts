/** How unevenly records fall on categories. All are NaN without records. */
export interface Skew {
  readonly records: number;
  readonly categories: number;
  /** Share of the fullest category. */
  readonly largest: number;
  /** 0: equal; near 1: all in one of many. */
  readonly gini: number;
  /** Bits. */
  readonly shannon: number;
  /** 2^Shannon: as many equally full categories are as diverse (Hill number of order 1). */
  readonly effective: number;
  /** Fewest categories that hold half of the records. */
  readonly half: number;
}

/** Measures skew of counts above 0. O(n log n). @throws RangeError for counts below 1, with a fraction, or NaN */
export function skew(counts: readonly number[]): Skew {
  const sorted = [...counts].sort((a, b) => a - b);
  if (sorted.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new RangeError('eval: skew needs whole counts of 1 or more');
  }
  const n = sorted.length;
  const records = sorted.reduce((sum, count) => sum + count, 0);
  let ranked = 0;
  let shannon = 0;
  sorted.forEach((count, i) => {
    ranked += (2 * (i + 1) - n - 1) * count;
    shannon -= (count / records) * Math.log2(count / records);
  });
  return {
    records,
    categories: n,
    largest: (sorted.at(-1) ?? Number.NaN) / records,
    gini: ranked / (n * records),
    shannon: n === 0 ? Number.NaN : shannon,
    effective: n === 0 ? Number.NaN : 2 ** shannon,
    half: n === 0 ? Number.NaN : fewestForHalf(sorted, records),
  };
}

function fewestForHalf(ascending: readonly number[], records: number): number {
  let sum = 0;
  let taken = 0;
  while (2 * sum < records) {
    taken++;
    sum += ascending[ascending.length - taken] as number;
  }
  return taken;
}
