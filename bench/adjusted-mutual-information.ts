/**
 * Adjusted mutual information of two labellings of the same things, arithmetic normalisation: 1 same partition, 0 no better than chance.
 * Source: Vinh, Epps, Bailey 2010, "Information theoretic measures for clusterings comparison", J. Mach. Learn. Res. 11.
 */
export function adjustedMutualInformation(
  truth: readonly (string | number)[],
  found: readonly (string | number)[],
): number {
  const n = truth.length;
  if (n !== found.length || n === 0) throw new RangeError(`bench: labellings of ${n} and ${found.length} things`);
  const [rows, columns] = [counts(truth), counts(found)];
  if (rows.size === 1 && columns.size === 1) return 1;
  if (rows.size === n && columns.size === n) return 1;
  const cells = counts(truth.map((label, i) => JSON.stringify([label, found[i]])));
  let information = 0;
  for (const [key, count] of cells) {
    const [row, column] = JSON.parse(key) as [string | number, string | number];
    information += (count / n) * Math.log((n * count) / ((rows.get(row) ?? 0) * (columns.get(column) ?? 0)));
  }
  const expected = expectedInformation([...rows.values()], [...columns.values()], n);
  const mean = (entropy(rows, n) + entropy(columns, n)) / 2;
  return Math.abs(mean - expected) < 1e-15 ? 0 : (information - expected) / (mean - expected);
}

function counts<T>(labels: readonly T[]): Map<T, number> {
  const found = new Map<T, number>();
  for (const label of labels) found.set(label, (found.get(label) ?? 0) + 1);
  return found;
}

function entropy(sizes: ReadonlyMap<unknown, number>, n: number): number {
  return [...sizes.values()].reduce((sum, size) => sum - (size / n) * Math.log(size / n), 0);
}

/** Mutual information expected of random labellings with these group sizes: a sum over the hypergeometric law of each cell. */
function expectedInformation(rows: readonly number[], columns: readonly number[], n: number): number {
  const logFactorial = [0];
  for (let i = 1; i <= n; i++) logFactorial.push((logFactorial[i - 1] as number) + Math.log(i));
  const log = (i: number): number => logFactorial[i] as number;
  let expected = 0;
  const [rowSizes, columnSizes] = [counts(rows), counts(columns)];
  for (const [a, rowTimes] of rowSizes) {
    for (const [b, columnTimes] of columnSizes) {
      for (let cell = Math.max(1, a + b - n); cell <= Math.min(a, b); cell++) {
        const chance =
          log(a) +
          log(b) +
          log(n - a) +
          log(n - b) -
          log(n) -
          log(cell) -
          log(a - cell) -
          log(b - cell) -
          log(n - a - b + cell);
        expected += rowTimes * columnTimes * (cell / n) * Math.log((n * cell) / (a * b)) * Math.exp(chance);
      }
    }
  }
  return expected;
}
