import { BioscanError, type LabelRank, type Metric, type ReportTable } from '@bioscan/core';
import { estimate, harmonicMean, pairedDifference, type Estimate, type EstimateOptions } from './estimate.js';
import { labelRanks } from './label-table.js';
import type { Outcomes } from './outcomes.js';
import type { ProbeRun, ProbeSystem, ProbeTask } from './probe-task.js';
import type { Statistic } from './replicate.js';
import { cell, chanceMetric, percent, rankName } from './report-cells.js';
import type { Resampler } from './resampler.js';
import { scores } from './scores.js';
import { combineSeeds, seedMetric } from './seeds.js';
import { stratify, type StratumOf } from './strata.js';

/** Systems by metrics at the task's rank, with differences to the reference on the same draws. */
export function mainTable(task: ProbeTask, resampler: Resampler): ReportTable {
  const { rank, systems } = task;
  const depths = systems.flatMap((system) => outcomesAt(system, rank)[0]?.depth ?? []);
  const depth = Math.min(...(depths.length === 0 ? [1] : depths));
  const tops = [3, 5].filter((top) => top <= depth);
  const seen = systems.some(({ runs }) => runs.some((run) => run.seen !== undefined));
  const reference = referenceOf(task);
  const rows = systems.map((system) => [
    system.name,
    system.kind,
    ...statistics.map((statistic) => accuracy(system, rank, resampler, { statistic })),
    ...tops.map((top) => accuracy(system, rank, resampler, { top })),
    ...(seen ? seenCells(system, rank, resampler) : []),
    ...statistics.map((statistic) =>
      system === reference ? 'reference' : difference(system, reference, rank, resampler, { statistic }),
    ),
  ]);
  const level = task.chance?.find((one) => one.rank === rank);
  const columns = ['system', 'kind', 'macro', 'micro', ...tops.map((top) => `macro top-${top}`)];
  if (seen) columns.push('seen macro', 'harmonic mean');
  columns.push('Δ macro', 'Δ micro');
  if (level !== undefined) {
    const cells = statistics.map((statistic) => chanceMetric(level[statistic], statistic, level.draws));
    rows.push(['chance', 'chance', ...cells, ...columns.slice(4).map(() => '')]);
  }
  const counts = scores(firstOutcomes(task, rank));
  const note =
    `${counts.queries} queries of ${counts.classes} classes at ${rank}, ${counts.unlabelled} without a label left out. Ceiling: macro ` +
    `${percent(counts.ceiling.macro)}, micro ${percent(counts.ceiling.micro)} (${counts.classesWithoutKey} classes have no key and count as wrong). ` +
    `Δ: difference to ${reference.name}, paired on the same draws.`;
  return { title: `${task.title}: ${rank}`, columns, rows, note };
}

/** Systems by ranks, macro and micro; the BIN is one of the ranks. Nothing when there is only the task's rank. */
export function ranksTable(task: ProbeTask, resampler: Resampler): ReportTable[] {
  const ranks = ranksOf(task);
  if (ranks.length < 2) return [];
  return statistics.map((statistic) => {
    const rows = task.systems.map((system) => [
      system.name,
      system.kind,
      ...ranks.map((rank) => accuracy(system, rank, resampler, { statistic })),
    ]);
    if (task.chance !== undefined) {
      const levels = ranks.map((rank) => task.chance?.find((one) => one.rank === rank));
      const cells = levels.map((one) => (one === undefined ? '' : chanceMetric(one[statistic], statistic, one.draws)));
      rows.push(['chance', 'chance', ...cells]);
    }
    return { title: `${task.title}: ${statistic} by rank`, columns: ['system', 'kind', ...ranks.map(rankName)], rows };
  });
}

/** What each rank rests on. */
export function countsTable(task: ProbeTask): ReportTable {
  const columns = ['rank', 'queries', 'unlabelled', 'classes', 'without key', 'ceiling macro', 'ceiling micro'];
  const rows = ranksOf(task).map((rank) => {
    const { queries, unlabelled, classes, classesWithoutKey, ceiling } = scores(firstOutcomes(task, rank));
    const ceilings = statistics.map((name) => ({ name: `ceiling ${name}`, value: ceiling[name], count: queries }));
    return [rankName(rank), queries, unlabelled, classes, classesWithoutKey, ...ceilings];
  });
  return { title: `${task.title}: counts and ceilings`, columns, rows };
}

/** Values of each seed, where a system has several. */
export function seedsTable(task: ProbeTask, resampler: Resampler): ReportTable[] {
  const systems = task.systems.filter(({ runs }) => runs.length > 1);
  if (systems.length === 0) return [];
  const rows = systems.flatMap((system) =>
    statistics.map((statistic) => {
      const summary = combineSeeds(estimates(system, task.rank, resampler, { statistic }));
      const { interval, deviation = 0, mean } = summary;
      const metric = {
        name: statistic,
        value: mean.value,
        count: mean.count,
        ...(interval === undefined ? {} : { interval }),
      };
      const seeds = system.runs.map(({ seed }, i) => seed ?? i).join(', ');
      return [system.name, statistic, seeds, summary.values.map(percent).join(', '), percent(deviation), metric];
    }),
  );
  const columns = ['system', 'statistic', 'seeds', 'values', 'deviation', 'mean with t interval'];
  return [
    {
      title: `${task.title}: seeds at ${task.rank}`,
      columns,
      rows,
      note: 'Student-t interval over seeds: t(2) with three.',
    },
  ];
}

/** Every system in every stratum, at the task's rank; seeds are averaged. */
export function strataTable(
  task: ProbeTask,
  strata: { readonly title: string; readonly of: StratumOf },
  resampler: Resampler,
): ReportTable {
  const rows = task.systems.flatMap((system) => {
    const runs = outcomesAt(system, task.rank).map((outcomes) => stratify(outcomes, strata.of));
    return [...(runs[0]?.keys() ?? [])].map((name) => {
      const parts = runs.map((run) => run.get(name)).filter((one) => one !== undefined);
      const cells = statistics.map((statistic) => {
        return seedMetric(combineSeeds(parts.map((part) => estimate(part, resampler, { statistic }))));
      });
      const counts = scores(parts[0] ?? firstOutcomes(task, task.rank));
      return [system.name, system.kind, name, ...cells, counts.queries, counts.classes];
    });
  });
  const columns = ['system', 'kind', 'stratum', 'macro', 'micro', 'queries', 'classes'];
  return { title: `${task.title}: ${task.rank} by ${strata.title}`, columns, rows };
}

/** The ranks that any system of the task has outcomes for, coarse to fine, the BIN last. */
export function ranksOf(task: ProbeTask): LabelRank[] {
  const known = new Set(
    task.systems.flatMap(({ runs }) => runs.flatMap(({ outcomes }) => outcomes.map(({ rank }) => rank))),
  );
  return labelRanks.filter((rank) => known.has(rank));
}

/** The outcomes of the first system that has the rank: counts and ceilings are the same for all. */
export function firstOutcomes(task: ProbeTask, rank: LabelRank): Outcomes {
  for (const system of task.systems) {
    const [first] = outcomesAt(system, rank);
    if (first !== undefined) return first;
  }
  throw new BioscanError(
    'mismatch',
    `eval: report '${task.title}', got no outcomes at ${rank}, expected some; score that rank`,
  );
}

const statistics: readonly Statistic[] = ['macro', 'micro'];

function outcomesAt(system: ProbeSystem, rank: LabelRank, from: 'outcomes' | 'seen' = 'outcomes'): Outcomes[] {
  return system.runs.flatMap((run: ProbeRun) => run[from]?.find((one) => one.rank === rank) ?? []);
}

function estimates(system: ProbeSystem, rank: LabelRank, resampler: Resampler, options: EstimateOptions): Estimate[] {
  return outcomesAt(system, rank).map((outcomes) => estimate(outcomes, resampler, options));
}

function accuracy(
  system: ProbeSystem,
  rank: LabelRank,
  resampler: Resampler,
  options: EstimateOptions,
): Metric | string {
  return cell(estimates(system, rank, resampler, options));
}

function seenCells(system: ProbeSystem, rank: LabelRank, resampler: Resampler): (Metric | string)[] {
  const unseen = estimates(system, rank, resampler, {});
  const seen = outcomesAt(system, rank, 'seen').map((outcomes) => estimate(outcomes, resampler));
  const means = seen.flatMap((one, i) => (unseen[i] === undefined ? [] : harmonicMean(one, unseen[i])));
  return [cell(seen), cell(means)];
}

/** Seed by seed where both have the same number of runs or one of them has one; else seed means are compared. */
function difference(
  system: ProbeSystem,
  reference: ProbeSystem,
  rank: LabelRank,
  resampler: Resampler,
  options: EstimateOptions,
): Metric | string {
  const a = estimates(system, rank, resampler, options);
  const b = estimates(reference, rank, resampler, options);
  if (a.length === 0 || b.length === 0) return '–';
  if (a.length !== b.length && a.length > 1 && b.length > 1) {
    return cell([pairedDifference(combineSeeds(a).mean, combineSeeds(b).mean)]);
  }
  const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [a[i] ?? a[0], b[i] ?? b[0]]);
  return cell(pairs.flatMap(([x, y]) => (x === undefined || y === undefined ? [] : pairedDifference(x, y))));
}

function referenceOf({ title, systems, reference }: ProbeTask): ProbeSystem {
  const found = reference === undefined ? systems[0] : systems.find(({ name }) => name === reference);
  if (found === undefined) {
    throw new BioscanError(
      'mismatch',
      `eval: report '${title}', got reference '${reference ?? ''}', expected one of ${systems.map(({ name }) => name).join(', ')}`,
    );
  }
  return found;
}
