/**
 * Kolmogorov-Smirnov distance of two sorted samples, 0 (alike) to 1 (apart): the largest difference of their cumulative shares. Samples may be
 * quantiles; the distance is then exact to one step of them.
 */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) <= value) i++;
    while (j < b.length && (b[j] as number) <= value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** Wasserstein-1 distance of two sorted samples, in their unit: how far, on average, one has to be moved to become the other. */
export function wasserstein(a: readonly number[], b: readonly number[]): number {
  const steps = 400;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.abs(at(a, (step + 0.5) / steps) - at(b, (step + 0.5) / steps));
  return sum / steps;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
