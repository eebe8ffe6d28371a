import { BioscanError, type Neighbours, type Rng } from '@bioscan/core';
import { quantile, type Estimate } from '../estimate.js';
import type { LabelTable } from '../label-table.js';
import { scorePredictions, selectOutcomes, type Outcomes } from '../outcomes.js';
import type { Statistic } from '../replicate.js';
import type { Resampler } from '../resampler.js';
import { scores } from '../scores.js';
import type { BlockFolds } from './block-folds.js';
import { breakTies, rankSpecies, type Preference, type SpeciesRankings } from './break-ties.js';
import type { EqualAreaGrid } from './equal-area-grid.js';
import { locate, type Occurrence } from './occurrences.js';
import { placeArms, placePreference, type ArmSetting, type PlaceArm } from './place-arms.js';
import { gainByDistance, type DistanceBand } from './place-bands.js';
import { changes, differences, estimates, gainOf } from './place-scores.js';

/** Accuracy at species under one way to break ties, and what it gains on the signal alone; all on the same queries and draws. */
export interface PlaceArmResult {
  readonly arm: PlaceArm;
  /** Both chosen on the validation fold, from the same grid for every arm. */
  readonly margin: number;
  readonly reach: number;
  readonly accuracy: Readonly<Record<Statistic, Estimate>>;
  readonly gain: Readonly<Record<Statistic, Estimate>>;
  /** Gain among the queries that tie within the margin of `range`. Undefined: there is none. */
  readonly gainOnTies?: Estimate;
  /** What `range` gains on this arm. */
  readonly behindRange: Readonly<Record<Statistic, Estimate>>;
  /** Queries that became right, and that became wrong; means over permutations. */
  readonly fixed: number;
  readonly broken: number;
}

/** Does place help? */
export interface PlaceStudy {
  readonly signal: Readonly<Record<Statistic, Estimate>>;
  readonly arms: readonly PlaceArmResult[];
  readonly queries: number;
  readonly validationQueries: number;
  /** Queries whose two nearest species are congeners, and those of them that tie within the margin of `range`. */
  readonly congeners: number;
  readonly ties: number;
  /** Tied queries whose true species is one of the two: more cannot be won. */
  readonly winnable: number;
  /** Of `range`, in bands of kilometres from the query to the nearest record of its own species outside its fold. */
  readonly gainByDistance: readonly DistanceBand[];
  readonly blocks: number;
  readonly folds: number;
  readonly kilometres: number;
  readonly permutations: number;
  readonly warnings: readonly string[];
}

export interface PlaceTask {
  /** Found by a weak signal among keys outside the query's fold. Deep enough to hold two species. */
  readonly neighbours: Neighbours;
  readonly labels: LabelTable;
  /** Every record with a place that may speak, the queries among them. */
  readonly occurrences: readonly Occurrence[];
  readonly folds: BlockFolds;
  readonly grid: EqualAreaGrid;
}

export interface PlaceStudyOptions {
  readonly resampler: Resampler;
  readonly rng: Rng;
  /** Kilometres to choose from. Default 50, 150, 500, 1,500. */
  readonly reaches?: readonly number[];
  /** Default 20. */
  readonly permutations?: number;
}

/**
 * Breaks ties between look-alikes by place, on sites that no record of theirs is used from, beside controls that have no place to know.
 * A tie: the two nearest species are congeners, within a margin of the signal. Fold 0 chooses margin and reach, the other folds are scored.
 * @throws BioscanError `bad-input` when a neighbour lies in the query's own fold or in none, or fold 0 or all the others together have no query
 */
export function placeStudy(task: PlaceTask, options: PlaceStudyOptions): PlaceStudy {
  const { neighbours, labels, folds, grid, occurrences } = task;
  const { reaches = [50, 150, 500, 1500], permutations = 20, rng } = options;
  requireOtherFolds(neighbours, folds);
  const rankings = rankSpecies(neighbours, labels);
  const [validation, test] = [true, false].map((choosing) => part(rankings, folds, choosing));
  if (validation === undefined || test === undefined || validation.rows.length === 0 || test.rows.length === 0) {
    const where = (validation?.rows.length ?? 0) === 0 ? 'in fold 0, which chooses' : 'outside fold 0, to be scored';
    throw new BioscanError(
      'bad-input',
      `eval: place study, got no query ${where}, expected some there; ask queries of more blocks`,
    );
  }
  const located = locate(occurrences, grid);
  const setting = { folds, occurrences: located, queryIds: new Set(neighbours.queryIds), rng };
  const bench: Bench = {
    setting,
    labels,
    validation,
    test,
    reaches,
    permutations,
    margins: marginsOf(validation),
    options,
  };
  const choices = placeArms.map((arm) => ({ arm, ...choose(arm, bench) }));
  return resultOf(bench, choices, task);
}

interface Bench {
  readonly setting: ArmSetting;
  readonly labels: LabelTable;
  readonly validation: SpeciesRankings;
  readonly test: SpeciesRankings;
  readonly reaches: readonly number[];
  readonly margins: readonly number[];
  readonly permutations: number;
  readonly options: PlaceStudyOptions;
}

interface Choice {
  readonly arm: PlaceArm;
  readonly margin: number;
  readonly reach: number;
}

function part({ rows, keyLabels }: SpeciesRankings, folds: BlockFolds, choosing: boolean): SpeciesRankings {
  const kept = rows.filter(({ queryId }) => {
    const fold = folds.foldOf(queryId);
    return fold !== undefined && (fold === 0) === choosing;
  });
  return { rows: kept, keyLabels };
}

/** Exact ties, and quantiles of the gaps between congeners. */
function marginsOf({ rows }: SpeciesRankings): number[] {
  const gaps = rows.flatMap(({ gap }) => (Number.isFinite(gap) ? [gap] : [])).sort((a, b) => a - b);
  const shares = gaps.length === 0 ? [] : [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1];
  return [...new Set([exactTie, ...shares.map((share) => Math.max(exactTie, quantile(gaps, share)))])];
}

/** Scores are float32: equal keys may differ in the last bits. */
export const exactTie = 1e-6;

/** The margin and reach of best macro accuracy on validation; of equals the smallest. Permutations are judged by their first. */
function choose(arm: PlaceArm, bench: Bench): Omit<Choice, 'arm'> {
  const { validation, margins, reaches, setting, labels } = bench;
  const usesReach = arm !== 'frequency' && arm !== 'coordinate-1nn';
  let best = { margin: exactTie, reach: reaches[0] as number };
  let highest = -1;
  const preferenceAt = placePreference(arm, setting);
  for (const reach of usesReach ? reaches : reaches.slice(0, 1)) {
    const preference = remembered(preferenceAt(reach));
    for (const margin of margins) {
      const { macro } = scores(scorePredictions(breakTies(validation, margin, preference), labels));
      if (!(macro > highest)) continue;
      highest = macro;
      best = { margin, reach };
    }
  }
  return best;
}

function remembered(preference: Preference): Preference {
  const known = new Map<string, number | undefined>();
  return (queryId, first, second) => {
    if (!known.has(queryId)) known.set(queryId, preference(queryId, first, second));
    return known.get(queryId);
  };
}

function resultOf(bench: Bench, choices: readonly Choice[], { folds, grid, neighbours }: PlaceTask): PlaceStudy {
  const { test, validation, labels, permutations, options, setting } = bench;
  const { resampler } = options;
  const signalOutcomes = scorePredictions(
    breakTies(test, 0, () => undefined),
    labels,
  );
  const signal = estimates([signalOutcomes], resampler);
  const [rangeChoice] = choices as [Choice];
  const tied = new Map(test.rows.filter(({ gap }) => gap <= rangeChoice.margin).map((row) => [row.queryId, row]));
  const drawn = choices.map((choice) => ({ choice, outcomes: outcomesOf(choice, bench) }));
  const rangeOutcomes = drawn[0]?.outcomes[0] ?? signalOutcomes;
  const range = estimates([rangeOutcomes], resampler);
  const onTies = (outcomes: Outcomes): Outcomes => selectOutcomes(outcomes, (id) => tied.has(id));
  const arms = drawn.map(({ choice, outcomes }): PlaceArmResult => {
    const accuracy = estimates(outcomes, resampler);
    return {
      ...choice,
      accuracy,
      gain: differences(accuracy, signal),
      ...(tied.size === 0 ? {} : { gainOnTies: gainOf(outcomes.map(onTies), onTies(signalOutcomes), resampler) }),
      behindRange: differences(range, accuracy),
      fixed: changes(outcomes, signalOutcomes, 1),
      broken: changes(outcomes, signalOutcomes, -1),
    };
  });
  return {
    signal,
    arms,
    queries: test.rows.length,
    validationQueries: validation.rows.length,
    congeners: test.rows.filter(({ gap }) => Number.isFinite(gap)).length,
    ties: tied.size,
    winnable: [...tied.values()].filter(({ queryId, species }) =>
      species.slice(0, 2).includes(labels.labelOf(queryId, 'species') ?? ''),
    ).length,
    gainByDistance: gainByDistance(onTies(rangeOutcomes), onTies(signalOutcomes), setting, resampler),
    blocks: folds.blocks,
    folds: folds.count,
    kilometres: grid.kilometres,
    permutations,
    warnings: warningsOf(bench, tied.size, folds, neighbours),
  };
}

function outcomesOf({ arm, margin, reach }: Choice, { test, labels, setting, permutations }: Bench): Outcomes[] {
  return Array.from({ length: arm === 'permuted' ? permutations : 1 }, (_, draw) =>
    scorePredictions(breakTies(test, margin, placePreference(arm, setting, draw + 1)(reach)), labels),
  );
}

/** Keys of the query's own fold would remember its site, and so may keys whose place is not known. */
function requireOtherFolds({ queryIds, keyIds, index, k }: Neighbours, folds: BlockFolds): void {
  for (let at = 0; at < index.length; at++) {
    const key = index[at] as number;
    const query = queryIds[Math.floor(at / k)] as string;
    const fold = folds.foldOf(query);
    if (key < 0 || fold === undefined) continue;
    const id = keyIds[key] as string;
    const own = folds.foldOf(id);
    if (own !== undefined && own !== fold) continue;
    const [got, fix] =
      own === undefined
        ? [`without a fold for query '${query}'`, 'search among keys that have a place']
        : [`in the fold of its query '${query}'`, 'search with groupOf: (id) => String(folds.foldOf(id))'];
    throw new BioscanError(
      'bad-input',
      `eval: place study, got key '${id}' ${got}, expected keys of other blocks; ${fix}`,
      { query, key: id },
    );
  }
}

function warningsOf({ validation }: Bench, ties: number, folds: BlockFolds, neighbours: Neighbours): string[] {
  const alone = neighbours.queryIds.filter((id) => folds.foldOf(id) === undefined).length;
  const congeners = validation.rows.filter(({ gap }) => Number.isFinite(gap)).length;
  return [
    ...(alone === 0 ? [] : [`${alone} queries have no coordinates and are left out.`]),
    ...(congeners >= 30
      ? []
      : [`Margin and reach rest on ${congeners} validation queries between congeners: a coin's worth.`]),
    ...(ties > 0 ? [] : ['No query ties: the signal needs no help here, and nothing can be said of place.']),
  ];
}
