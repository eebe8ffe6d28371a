import type { Interval, Metric } from '@bioscan/core';
import { metricOf, type Estimate } from './estimate.js';

/** Several trained copies of one thing. The species level and the seed level are kept apart: they answer different questions. */
export interface SeedSummary {
  /** Mean over seeds; its replicates are means over seeds on the same draws, so its interval is over species for these seeds. */
  readonly mean: Estimate;
  /** One value a seed, in the order given. */
  readonly values: readonly number[];
  /** Standard deviation over seeds (n - 1); undefined for one seed. */
  readonly deviation: number | undefined;
  /** Largest minus smallest. */
  readonly range: number;
  /** Student-t interval of the mean over seeds, t(n - 1): t(2) = 4.30 with three. Undefined for one seed. */
  readonly interval: Interval | undefined;
}

/**
 * Joins the estimates of one system trained from several seeds, or of their paired differences.
 * @throws RangeError without estimates, TypeError when they do not rest on the same queries and draws.
 */
export function combineSeeds(estimates: readonly Estimate[]): SeedSummary {
  const [first] = estimates;
  if (first === undefined) throw new RangeError('eval: combineSeeds needs at least one estimate, got none');
  if (estimates.some(({ pairing }) => pairing !== first.pairing)) {
    throw new TypeError('eval: combineSeeds needs estimates of the same queries from one resampler');
  }
  const values = estimates.map(({ value }) => value);
  const mean = average(values);
  const replicates = first.replicates.map((_, r) => average(estimates.map((one) => one.replicates[r] as number)));
  const deviation = values.length < 2 ? undefined : standardDeviation(values, mean);
  return {
    mean: { ...first, value: mean, replicates },
    values,
    deviation,
    range: Math.max(...values) - Math.min(...values),
    interval: deviation === undefined ? undefined : seedInterval(mean, deviation, values.length),
  };
}

/** The mean as a metric: interval over species, seeds listed beside it. */
export function seedMetric(summary: SeedSummary): Metric {
  return { ...metricOf(summary.mean), seeds: summary.values };
}

function seedInterval(mean: number, deviation: number, count: number): Interval {
  const half = (studentT975(count - 1) * deviation) / Math.sqrt(count);
  return { low: mean - half, high: mean + half, level: 0.95, unit: 'seed' };
}

/** 0.975 quantiles of Student's t with 1 to 10 degrees of freedom. */
const smallT = [12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139];

/** The 0.975 quantile of Student's t; beyond 10 degrees by expansion around the normal (Abramowitz and Stegun 26.7.5), within 1e-5. */
export function studentT975(degrees: number): number {
  const listed = smallT[degrees - 1];
  if (listed !== undefined) return listed;
  const z = 1.959963985;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4;
}

function standardDeviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
