/** How well a partition agrees with a true one. All are 1 for equal partitions; AMI and ARI are about 0 for independent ones. */
export interface PartitionScores {
  /** Adjusted mutual information, arithmetic normalisation. */
  readonly ami: number;
  /** Adjusted Rand index. */
  readonly ari: number;
  /** 1 when every cluster holds one class only. */
  readonly homogeneity: number;
  /** 1 when every class lies in one cluster only. */
  readonly completeness: number;
  /** Harmonic mean of homogeneity and completeness. */
  readonly v: number;
  /** Geometric mean of the precision and recall of pairs. */
  readonly fowlkesMallows: number;
}

type Label = string | number;

/**
 * Compares two labellings of the same things. O(n + distinct sizes² x largest cluster).
 * Sources: Vinh, Epps & Bailey 2010 (AMI); Hubert & Arabie 1985 (ARI); Rosenberg & Hirschberg 2007 (V); Fowlkes & Mallows 1983.
 */
export function partitionScores(truth: ArrayLike<Label>, found: ArrayLike<Label>): PartitionScores {
  const table = contingency(truth, found);
  const { information, truthEntropy, foundEntropy } = table;
  const homogeneity = truthEntropy === 0 ? 1 : information / truthEntropy;
  const completeness = foundEntropy === 0 ? 1 : information / foundEntropy;
  const sum = homogeneity + completeness;
  const pairs = pairCounts(table);
  return {
    ami: adjustedInformation(table),
    ari: adjustedRand(pairs),
    homogeneity,
    completeness,
    v: sum === 0 ? 0 : (2 * homogeneity * completeness) / sum,
    fowlkesMallows: pairs.both === 0 ? 0 : Math.sqrt((pairs.both / pairs.truth) * (pairs.both / pairs.found)),
  };
}

/** Adjusted mutual information alone. */
export function adjustedMutualInformation(truth: ArrayLike<Label>, found: ArrayLike<Label>): number {
  return adjustedInformation(contingency(truth, found));
}

interface Contingency {
  readonly n: number;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly cells: readonly number[];
  readonly information: number;
  readonly truthEntropy: number;
  readonly foundEntropy: number;
}

function contingency(truth: ArrayLike<Label>, found: ArrayLike<Label>): Contingency {
  const n = truth.length;
  if (n !== found.length || n === 0) {
    throw new RangeError(`eval: partition scores need equally many labels, got ${n} and ${found.length}`);
  }
  const [a, b] = [coded(truth), coded(found)];
  const rows = new Float64Array(a.size);
  const columns = new Float64Array(b.size);
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const [row, column] = [a.codes[i] as number, b.codes[i] as number];
    rows[row] = (rows[row] as number) + 1;
    columns[column] = (columns[column] as number) + 1;
    const cell = row * b.size + column;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  let information = 0;
  for (const [cell, count] of counts) {
    const expected = (rows[Math.floor(cell / b.size)] as number) * (columns[cell % b.size] as number);
    information += (count / n) * Math.log((n * count) / expected);
  }
  const cells = [...counts.values()];
  // Rounding may leave a trace below 0 where the partitions are independent.
  information = Math.max(0, information);
  return { n, rows, columns, cells, information, truthEntropy: entropy(rows, n), foundEntropy: entropy(columns, n) };
}

function coded(labels: ArrayLike<Label>): { readonly codes: Int32Array; readonly size: number } {
  const known = new Map<Label, number>();
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as Label;
    const code = known.get(label) ?? known.size;
    known.set(label, code);
    codes[i] = code;
  }
  return { codes, size: known.size };
}

function entropy(sizes: Float64Array, n: number): number {
  return sizes.length === 1 ? 0 : sizes.reduce((sum, size) => sum - (size / n) * Math.log(size / n), 0);
}

function adjustedInformation(table: Contingency): number {
  const { n, rows, columns, information, truthEntropy, foundEntropy } = table;
  if (rows.length === columns.length && (rows.length === 1 || rows.length === n)) return 1;
  const expected = expectedInformation(rows, columns, n);
  const room = (truthEntropy + foundEntropy) / 2 - expected;
  // As scikit-learn: never exactly 0, and of the sign of the room.
  const divisor = room < 0 ? Math.min(room, -Number.EPSILON) : Math.max(room, Number.EPSILON);
  return (information - expected) / divisor;
}

/** Mutual information expected of random labellings with these sizes: a sum over the hypergeometric law of each cell; equal sizes are taken together. */
function expectedInformation(rows: Float64Array, columns: Float64Array, n: number): number {
  const logFactorial = new Float64Array(n + 1);
  for (let i = 1; i <= n; i++) logFactorial[i] = (logFactorial[i - 1] as number) + Math.log(i);
  const log = (i: number): number => logFactorial[i] as number;
  let expected = 0;
  for (const [a, rowTimes] of sizeCounts(rows)) {
    for (const [b, columnTimes] of sizeCounts(columns)) {
      const fixed = log(a) + log(b) + log(n - a) + log(n - b) - log(n);
      let sum = 0;
      for (let cell = Math.max(1, a + b - n); cell <= Math.min(a, b); cell++) {
        const chance = fixed - log(cell) - log(a - cell) - log(b - cell) - log(n - a - b + cell);
        sum += (cell / n) * Math.log((n * cell) / (a * b)) * Math.exp(chance);
      }
      expected += rowTimes * columnTimes * sum;
    }
  }
  return expected;
}

function sizeCounts(sizes: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}

interface PairCounts {
  /** Ordered pairs together in both, in the truth, in the clusters, and all. */
  readonly both: number;
  readonly truth: number;
  readonly found: number;
  readonly all: number;
}

function pairCounts({ n, rows, columns, cells }: Contingency): PairCounts {
  const pairs = (sizes: Iterable<number>): number => {
    let sum = 0;
    for (const size of sizes) sum += size * (size - 1);
    return sum;
  };
  return { both: pairs(cells), truth: pairs(rows), found: pairs(columns), all: n * (n - 1) };
}

function adjustedRand({ both, truth, found, all }: PairCounts): number {
  if (both === truth && both === found) return 1;
  const expected = (truth * found) / all;
  return (both - expected) / ((truth + found) / 2 - expected);
}
