import type { Interval, Rng } from '@bioscan/core';
import {
  combineSeeds,
  estimate,
  harmonicMean,
  intervalOf,
  pairedDifference,
  resampler,
  type Estimate,
  type Resampler,
} from '@bioscan/eval';
import type { ArmRun } from './arm-run.js';
import { measureOf, retrievalOf, type MeasureName } from './measures.js';
import { pairedInterval } from './paired-interval.js';
import { outcomesOf } from './tally.js';

/** A mean, or a mean paired difference, with its interval over worlds, or over the species of one data set. */
export interface Comparison {
  readonly value: number;
  readonly interval: Interval | undefined;
  /** Over units; of one data set: of the bootstrap, which is its standard error. */
  readonly deviation: number | undefined;
  /** Worlds less one; undefined for a bootstrap. */
  readonly degrees: number | undefined;
  /** One a world (seeds averaged), or one a seed of one data set. */
  readonly values: readonly number[];
}

export interface Comparer {
  /** 'world', or 'species' when there is one subject. */
  readonly unit: 'world' | 'species';
  /** Reported runs of the arm that diverged. It is then compared with nothing: the runs that did not are no fair sample. */
  diverged(arm: string): { readonly runs: number; readonly of: number } | undefined;
  of(arm: string, measure?: MeasureName, pair?: readonly [string, string]): Comparison | undefined;
  /** `a` less `b`, paired by subject and seed. */
  difference(a: string, b: string, measure?: MeasureName, pair?: readonly [string, string]): Comparison | undefined;
}

/** Compares arms of reported runs. Several subjects: Student's t over them, seeds averaged within. One: bootstrap over its species, seeds listed. */
export function comparer(runs: readonly ArmRun[], random: Rng): Comparer {
  const subjects = [...new Set(runs.map(({ job }) => job.subject))].sort();
  const draws = resampler({ rng: random.split('species'), replicates: 1000 });
  const unit = subjects.length > 1 ? 'world' : 'species';
  return { unit, diverged, of, difference };

  function diverged(arm: string): { runs: number; of: number } | undefined {
    const own = runs.filter(({ job }) => job.arm.name === arm);
    const lost = own.filter((run) => run.diverged !== undefined).length;
    return lost === 0 ? undefined : { runs: lost, of: own.length };
  }

  function of(
    arm: string,
    measure: MeasureName = 'harmonic mean',
    pair?: readonly [string, string],
  ): Comparison | undefined {
    const own = runsOf(arm, pair);
    if (own === undefined) return undefined;
    return unit === 'species'
      ? overSpecies(own.map((run) => estimateOf(run, measure, draws, pair)))
      : overWorlds(
          subjects.map((subject) =>
            mean(
              own.filter(({ job }) => job.subject === subject),
              measure,
              pair,
            ),
          ),
        );
  }

  function difference(
    a: string,
    b: string,
    measure: MeasureName = 'harmonic mean',
    pair?: readonly [string, string],
  ): Comparison | undefined {
    const [left, right] = [runsOf(a, pair), runsOf(b, pair)];
    if (left === undefined || right === undefined || a === b) return undefined;
    if (unit === 'species') {
      // An arm without randomness may have one run: it meets every seed of the other.
      const count = Math.max(left.length, right.length);
      const at = (all: readonly ArmRun[], i: number): Estimate =>
        estimateOf(all[Math.min(i, all.length - 1)] as ArmRun, measure, draws, pair);
      return overSpecies(Array.from({ length: count }, (_, i) => pairedDifference(at(left, i), at(right, i))));
    }
    return overWorlds(
      subjects.map((subject) => {
        const inside = ({ job }: ArmRun): boolean => job.subject === subject;
        return mean(left.filter(inside), measure, pair) - mean(right.filter(inside), measure, pair);
      }),
    );
  }

  function runsOf(arm: string, pair?: readonly [string, string]): ArmRun[] | undefined {
    const own = runs.filter((run) => run.job.arm.name === arm && retrievalOf(run, pair) !== undefined);
    return own.length === 0 || diverged(arm) !== undefined ? undefined : own;
  }
}

function overWorlds(values: readonly number[]): Comparison | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  const { mean: value, interval, deviation, degrees } = pairedInterval(known, 'world');
  return { value, interval, deviation, degrees, values: known };
}

function overSpecies(estimates: readonly Estimate[]): Comparison {
  const summary = combineSeeds(estimates);
  const { replicates } = summary.mean;
  const centre = replicates.reduce((sum, value) => sum + value, 0) / replicates.length;
  const deviation = Math.sqrt(
    replicates.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (replicates.length - 1),
  );
  return {
    value: summary.mean.value,
    interval: intervalOf(summary.mean),
    deviation,
    degrees: undefined,
    values: summary.values,
  };
}

function mean(runs: readonly ArmRun[], measure: MeasureName, pair?: readonly [string, string]): number {
  const values = runs.flatMap((run) => {
    const retrieval = retrievalOf(run, pair);
    return retrieval === undefined ? [] : [measureOf(retrieval, measure)];
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Also the harmonic mean is taken inside each replicate; seen and unseen species are drawn independently. */
function estimateOf(run: ArmRun, measure: MeasureName, draws: Resampler, pair?: readonly [string, string]): Estimate {
  const retrieval = retrievalOf(run, pair);
  if (retrieval === undefined) throw new RangeError(`align: '${run.job.arm.name}' has no such retrieval`);
  const statistic = measure.startsWith('micro') ? 'micro' : 'macro';
  const of = (set: 'seen' | 'unseen'): Estimate => estimate(outcomesOf(retrieval[set]), draws, { statistic });
  if (measure === 'harmonic mean') return harmonicMean(of('seen'), of('unseen'));
  return of(measure.endsWith('unseen') ? 'unseen' : 'seen');
}
