import { estimate, pairedDifference, type Estimate } from '../estimate.js';
import type { Outcomes } from '../outcomes.js';
import type { Statistic } from '../replicate.js';
import type { Resampler } from '../resampler.js';
import { combineSeeds } from '../seeds.js';

/** Macro and micro of one system. */
export type Estimates = Readonly<Record<Statistic, Estimate>>;

/** Means over draws, on the same bootstrap draws. */
export function estimates(outcomes: readonly Outcomes[], resampler: Resampler): Estimates {
  const of = (statistic: Statistic): Estimate =>
    combineSeeds(outcomes.map((one) => estimate(one, resampler, { statistic }))).mean;
  return { macro: of('macro'), micro: of('micro') };
}

export function differences(a: Estimates, b: Estimates): Estimates {
  return { macro: pairedDifference(a.macro, b.macro), micro: pairedDifference(a.micro, b.micro) };
}

/** Micro gain: among ties a species may have one query. */
export function gainOf(outcomes: readonly Outcomes[], signal: Outcomes, resampler: Resampler): Estimate {
  return pairedDifference(estimates(outcomes, resampler).micro, estimates([signal], resampler).micro);
}

/** Queries whose correctness moved in a direction; the mean over draws. */
export function changes(outcomes: readonly Outcomes[], signal: Outcomes, direction: 1 | -1): number {
  const right = (one: Outcomes, i: number): number => (one.place[i] === 0 ? 1 : 0);
  const sums = outcomes.map(
    (one) => one.queryIds.filter((_, i) => right(one, i) - right(signal, i) === direction).length,
  );
  return sums.reduce((sum, count) => sum + count, 0) / sums.length;
}
