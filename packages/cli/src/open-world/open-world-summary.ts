import type { LabelRank, ReportFigure } from '@bioscan/core';
import { combineSeeds, estimate, intervalOf, metricOf, pairedDifference } from '@bioscan/eval';
import type { Estimate, ProbeSystem, ProbeTask, Resampler } from '@bioscan/eval';

/** What the numbers say, in sentences; written by rule, so that no sentence says more than its table. */
export function summaryOf({ systems, rank }: ProbeTask, draws: Resampler): string[] {
  const scored = systems.filter(hasRuns).map((system) => ({ name: system.name, mean: meanOf(system, rank, draws) }));
  const ranked = [...scored].sort((a, b) => b.mean.value - a.mean.value);
  const [best, second] = ranked;
  const [reference] = scored;
  if (best === undefined || second === undefined || reference === undefined) return [];
  const ahead = pairedDifference(best.mean, second.mean);
  return [
    `Asked for the genus of species that have no reference, ${best.name} has the highest macro accuracy: ${percent(best.mean.value)}, ` +
      `${clearly(ahead)} ahead of ${second.name} at ${percent(second.mean.value)}.`,
    ...ranked
      .filter(({ name }) => name !== reference.name)
      .map(({ name, mean }) => {
        const difference = pairedDifference(mean, reference.mean);
        const side = difference.value >= 0 ? 'above' : 'below';
        return `${name}: ${percent(mean.value)}, ${clearly(difference)} ${side} ${reference.name}.`;
      }),
  ];
}

/** Macro accuracy of every system in every task: means over seeds with their intervals over species. */
export function accuracyFigure(tasks: readonly ProbeTask[], draws: Resampler): ReportFigure {
  return {
    title: 'Accuracy at a glance',
    kind: 'point',
    x: { label: 'system' },
    y: { label: 'macro accuracy' },
    series: tasks.map(({ title, rank, systems }) => ({
      name: title,
      points: systems.filter(hasRuns).map((system) => {
        const { value, interval } = metricOf(meanOf(system, rank, draws));
        return {
          x: system.name,
          y: value,
          ...(interval === undefined ? {} : { low: interval.low, high: interval.high }),
        };
      }),
    })),
    note: 'Means over seeds; 95 % intervals over species.',
  };
}

function hasRuns({ runs }: ProbeSystem): boolean {
  return runs.length > 0;
}

function meanOf({ name, runs }: ProbeSystem, rank: LabelRank, draws: Resampler): Estimate {
  const outcomes = runs.map((run) => run.outcomes.find((one) => one.rank === rank)).filter((one) => one !== undefined);
  if (outcomes.length === 0) throw new TypeError(`cli: ${name} has no outcomes at ${rank}`);
  return combineSeeds(outcomes.map((one) => estimate(one, draws))).mean;
}

/** `clearly (4.1 points)` when the interval leaves 0 out, else `not clearly (…)`. */
function clearly(difference: Estimate): string {
  const interval = intervalOf(difference);
  const points = `${(100 * Math.abs(difference.value)).toFixed(1)} points`;
  const apart = interval !== undefined && (interval.low > 0 || interval.high < 0);
  return apart ? `clearly (${points})` : `not clearly (${points})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
