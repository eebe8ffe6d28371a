import type { Identified, LabelRank, Report, Rng, Runtime } from '@bioscan/core';
import {
  bySharedBin,
  chance,
  estimate,
  intervalOf,
  labelledRows,
  linearProbe,
  pairedDifference,
  probePredictions,
  probeReport,
  randomNeighbours,
  resampler,
  scorePredictions,
  type Estimate,
  type Outcomes,
  type ProbeRun,
  type ProbeSystem,
  type ProbeTask,
  type Resampler,
  type RowKind,
} from '@bioscan/eval';
import { robustnessOf, type RobustnessCase } from './robustness.js';
import type { OpenWorldSets } from './sets.js';
import { predictionsOf, type System } from './system.js';

/** A system with its runs: one a seed. */
export interface SystemRuns {
  readonly name: string;
  readonly kind: RowKind;
  readonly runs: readonly { readonly seed?: number; readonly system: System }[];
}

export interface OpenWorldReportOptions {
  readonly sets: OpenWorldSets;
  /** The first is what the others are compared with. */
  readonly systems: readonly SystemRuns[];
  readonly runtime: Runtime;
  readonly rng: Rng;
  /** Names of the systems that get a linear probe on the species of seen records; it needs vectors. */
  readonly linear?: readonly string[];
  readonly robustness?: readonly RobustnessCase[];
  readonly text: Pick<Report, 'title' | 'limits' | 'warnings'> & {
    readonly provenance: Omit<Report['provenance'], 'encoders'>;
    readonly banner?: string;
  };
  readonly onProgress?: (what: string) => void;
}

const ranksShown: readonly LabelRank[] = ['order', 'family', 'subfamily', 'genus', 'species', 'bin'];

/**
 * Puts the same questions to every system, on the same queries and the same draws: genus of unseen species and species of seen ones by the
 * nearest key, species of seen ones by a linear probe, genus of unseen species under perturbed queries.
 */
export async function openWorldReport(options: OpenWorldReportOptions): Promise<Report> {
  const { sets, systems, rng, onProgress = () => undefined } = options;
  const draws = resampler({ rng: rng.split('bootstrap'), replicates: 1000 });
  const seen = await nearestTask(options, 'Species of seen species, nearest key', 'species', sets.test, onProgress);
  const unseen = await nearestTask(
    options,
    'Genus of unseen species, nearest key',
    'genus',
    sets.testUnseen,
    onProgress,
  );
  const linear = await linearTask(options, onProgress);
  const robust = await robustnessOf(
    systems,
    sets,
    options.robustness ?? [],
    draws,
    rng.split('robustness'),
    onProgress,
  );
  const keyIds = sets.keys.map(({ id }) => id);
  const tasks: ProbeTask[] = [
    { ...unseen, strata: [{ title: 'shared BIN', of: bySharedBin(sets.labels, keyIds) }] },
    seen,
    ...(linear === undefined ? [] : [linear]),
  ];
  const { title, limits, warnings, provenance, banner } = options.text;
  const report = probeReport({
    title,
    tasks,
    resampler: draws,
    limits,
    warnings,
    provenance,
    summary: summaryOf(unseen, draws),
    ...(banner === undefined ? {} : { banner }),
  });
  return {
    ...report,
    tables: [...report.tables, ...robust.tables],
    figures: [accuracyFigure(tasks, draws), ...robust.figures],
  };
}

async function nearestTask(
  { sets, systems, rng }: OpenWorldReportOptions,
  title: string,
  rank: LabelRank,
  queries: readonly Identified<string>[],
  onProgress: (what: string) => void,
): Promise<ProbeTask> {
  const scored: ProbeSystem[] = [];
  for (const { name, kind, runs } of systems) {
    const scoredRuns: ProbeRun[] = [];
    for (const { seed, system } of runs) {
      onProgress(`${title}: ${name}${seed === undefined ? '' : `, seed ${seed}`}`);
      const predicted = await predictionsOf(system, queries, ranksShown, sets.labels);
      const outcomes = predicted.map((one) => scorePredictions(one, sets.labels));
      scoredRuns.push({
        outcomes: outcomes.filter(({ queryIds }) => queryIds.length > 0),
        ...(seed === undefined ? {} : { seed }),
      });
    }
    const source = runs[0]?.system.source;
    scored.push({ name, kind, runs: scoredRuns, ...(source === undefined ? {} : { source }) });
  }
  const [reference] = systems.flatMap(({ runs }) => runs);
  if (reference === undefined) throw new TypeError('cli: an open-world report needs at least one system');
  const level = chance(await reference.system.nearest(queries), sets.labels, rank, { rng: rng.split('chance') });
  return { title, rank, systems: scored, chance: [level] };
}

async function linearTask(
  { sets, systems, linear = [], rng, runtime }: OpenWorldReportOptions,
  onProgress: (what: string) => void,
): Promise<ProbeTask | undefined> {
  const title = 'Species of seen species, linear probe';
  const scored: ProbeSystem[] = [];
  for (const { name, runs } of systems.filter((one) => linear.includes(one.name))) {
    const scoredRuns: ProbeRun[] = [];
    for (const { seed, system } of runs) {
      onProgress(`${title}: ${name}${seed === undefined ? '' : `, seed ${seed}`}`);
      const outcomes = await linearOutcomes(system, sets, runtime, rng.split('linear'));
      scoredRuns.push({ outcomes: [outcomes], ...(seed === undefined ? {} : { seed }) });
    }
    scored.push({ name, kind: 'labels used', runs: scoredRuns });
  }
  if (scored.length === 0) return undefined;
  const ids = (items: readonly Identified<string>[]): string[] => items.map(({ id }) => id);
  const blind = randomNeighbours(ids(sets.test), ids(sets.keys), rng.split('blind'));
  return {
    title,
    rank: 'species',
    systems: scored,
    chance: [chance(blind, sets.labels, 'species', { rng: rng.split('chance') })],
  };
}

async function linearOutcomes(system: System, sets: OpenWorldSets, runtime: Runtime, rng: Rng): Promise<Outcomes> {
  if (system.vectors === undefined) throw new TypeError(`cli: ${system.name} has no vectors for a linear probe`);
  const train = labelledRows(await system.vectors(sets.keys), sets.labels, 'species');
  const val = labelledRows(await system.vectors(sets.val), sets.labels, 'species');
  const probe = await linearProbe({ rng }).fit(train.x, train.y, runtime, { validation: val });
  return scorePredictions(probePredictions(probe, await system.vectors(sets.test), 'species'), sets.labels);
}

/** What the numbers say, in sentences; written by rule, so that no sentence says more than its table. */
function summaryOf({ systems }: ProbeTask, draws: Resampler): string[] {
  const scored = systems.map(({ name, runs }) => ({ name, estimate: estimateAt(runs[0], draws) }));
  const ranked = [...scored].sort((a, b) => b.estimate.value - a.estimate.value);
  const [best, second] = ranked;
  const [reference] = scored;
  if (best === undefined || second === undefined || reference === undefined) return [];
  const ahead = pairedDifference(best.estimate, second.estimate);
  return [
    `Asked for the genus of species that have no reference, ${best.name} is right most often: macro ${percent(best.estimate.value)} ` +
      `(first seed), ${clearly(ahead)} ahead of ${second.name} at ${percent(second.estimate.value)}.`,
    ...ranked
      .filter(({ name }) => name !== reference.name)
      .map(({ name, estimate: one }) => {
        const difference = pairedDifference(one, reference.estimate);
        return `${name}: ${percent(one.value)}, ${clearly(difference)} ${difference.value >= 0 ? 'above' : 'below'} ${reference.name}.`;
      }),
  ];
}

function estimateAt(run: ProbeRun | undefined, draws: Resampler): Estimate {
  const outcomes = run?.outcomes.find(({ rank }) => rank === 'genus');
  if (outcomes === undefined) throw new TypeError('cli: a system without genus outcomes');
  return estimate(outcomes, draws);
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

function accuracyFigure(tasks: readonly ProbeTask[], draws: Resampler): Report['figures'][number] {
  return {
    title: 'Accuracy at a glance',
    kind: 'point',
    x: { label: 'system' },
    y: { label: 'macro accuracy' },
    series: tasks.map(({ title, rank, systems }) => ({
      name: title,
      points: systems.map(({ name, runs }) => {
        const outcomes = runs
          .map((run) => run.outcomes.find((one) => one.rank === rank))
          .filter((one) => one !== undefined);
        const values = outcomes.map((one) => estimate(one, draws));
        const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
        const shift = mean - (values[0]?.value ?? mean);
        const interval = values[0] === undefined ? undefined : intervalOf(values[0]);
        const ends = interval === undefined ? {} : { low: interval.low + shift, high: interval.high + shift };
        return { x: name, y: mean, ...ends };
      }),
    })),
    note: 'Means over seeds; intervals over species of the first seed, moved to the mean.',
  };
}
