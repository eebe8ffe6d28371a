import type { LabelRank, Metric } from '@bioscan/core';
import { intervalOf, type Estimate } from './estimate.js';
import { combineSeeds } from './seeds.js';

/** The cell of a table: the mean over seeds with its interval over species; a dash where nothing was measured, which is not 0. */
export function cell(values: readonly Estimate[]): Metric | string {
  const [first] = values;
  if (first === undefined || first.count === 0) return '–';
  const summary = combineSeeds(values);
  const interval = intervalOf(summary.mean);
  const { name, value, count } = summary.mean;
  return {
    name,
    value,
    count,
    ...(interval === undefined ? {} : { interval }),
    ...(values.length < 2 ? {} : { seeds: summary.values }),
  };
}

/** A level of chance as a metric: its interval is over permutations. */
export function chanceMetric(level: { mean: number; low: number; high: number }, name: string, draws: number): Metric {
  const interval = { low: level.low, high: level.high, level: 0.95, unit: 'permutation' };
  return { name: `chance ${name}`, value: level.mean, count: draws, interval };
}

export function rankName(rank: LabelRank): string {
  return rank === 'bin' ? 'BIN' : rank;
}

/** In percent with one decimal; a dash for NaN. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '–' : (100 * share).toFixed(1);
}
