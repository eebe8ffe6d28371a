import type { LabelRank } from '@bioscan/core';
import {
  estimate,
  metricOf,
  resampler,
  scorePredictions,
  scores,
  wilsonInterval,
  type LabelTable,
  type Outcomes,
  type Predictions,
} from '@bioscan/eval';
import type { Interval, Metric, Rng } from '@bioscan/core';

/** What was said of each photo at a rank, best first. */
export interface RankedNames {
  readonly id: string;
  readonly names: readonly string[];
}

/** Accuracy at one rank: photos as units beside species as units. */
export interface RankAccuracy {
  readonly rank: LabelRank;
  /** Share of photos that are right; Wilson's interval over photos. */
  readonly micro: Metric;
  /** Mean over true taxa; an interval by drawing species with all their photos. */
  readonly macro: Metric;
  readonly outcomes: Outcomes;
}

/** Undefined where no photo has a true name at the rank. */
export function rankAccuracy(
  rank: LabelRank,
  rows: readonly RankedNames[],
  labels: LabelTable,
  keyLabels: ReadonlySet<string>,
  rng: Rng,
): RankAccuracy | undefined {
  const predictions: Predictions = {
    rank,
    queryIds: rows.map(({ id }) => id),
    labels: rows.map(({ names }) => names),
    depth: 5,
    keyLabels,
  };
  const outcomes = scorePredictions(predictions, labels);
  const count = outcomes.queryIds.length;
  if (count === 0) return undefined;
  const { micro } = scores(outcomes);
  const interval: Interval | undefined = wilsonInterval(Math.round(micro * count), count, 'photos');
  return {
    rank,
    micro: { name: `micro top-1 ${rank}`, value: micro, count, ...(interval === undefined ? {} : { interval }) },
    macro: metricOf(estimate(outcomes, resampler({ rng }))),
    outcomes,
  };
}
