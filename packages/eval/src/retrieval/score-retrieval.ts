import { BioscanError, type LabelRank, type Neighbours, type Rng } from '@bioscan/core';
import { levelOf, type ChanceLevel } from '../chance.js';
import { estimate, harmonicMean, type Estimate } from '../estimate.js';
import { labelsOf, type LabelTable } from '../label-table.js';
import { scorePredictions, type Outcomes } from '../outcomes.js';
import type { Statistic } from '../replicate.js';
import type { Resampler } from '../resampler.js';
import { harmonic, scores, type Scores } from '../scores.js';
import { keyChance, type KeyChance } from './key-chance.js';
import { keyPredictions, shortLists } from './key-predictions.js';
import { querySets, type QuerySet } from './query-sets.js';
import type { RetrievalPair } from './retrieval-pair.js';

/** Queries of one set at one rank. */
export interface RetrievalCell {
  readonly set: QuerySet;
  readonly outcomes: Outcomes;
  /** Counts and ceiling; its accuracies are those of top 1. */
  readonly scores: Scores;
}

/** One line of the paper's Table 5, for one k and one way to average. Undefined: no labelled queries, which is not 0. */
export interface RetrievalRow extends Readonly<Partial<Record<QuerySet, Estimate>>> {
  readonly pair: RetrievalPair;
  readonly rank: LabelRank;
  readonly top: number;
  readonly statistic: Statistic;
  /** Of seen and unseen, inside each replicate. */
  readonly harmonicMean?: Estimate;
  readonly chance: Readonly<Partial<Record<QuerySet | 'harmonicMean', ChanceLevel>>>;
}

/** All that was retrieved for one pair of modalities. */
export interface PairRetrieval {
  readonly pair: RetrievalPair;
  readonly neighbours: Neighbours;
  readonly cells: readonly RetrievalCell[];
  readonly rows: readonly RetrievalRow[];
  readonly warnings: readonly string[];
}

export interface ScoreRetrievalOptions {
  readonly pair: RetrievalPair;
  readonly labels: LabelTable;
  /** Queries that it lacks are left out. */
  readonly setOf: ReadonlyMap<string, QuerySet>;
  readonly ranks: readonly LabelRank[];
  readonly top: readonly number[];
  readonly resampler: Resampler;
  readonly rng: Rng;
  /** Draws of chance. Default 100. */
  readonly draws?: number;
}

/**
 * Scores the neighbours of one pair of modalities, whatever found them: an encoder, alignment, BLAST+.
 * A query is right at k when its label is among the labels of its first k keys that have one at the rank; ties stand in key order.
 * @throws BioscanError `bad-input` when a query is its own neighbour, `not-found` for ids without labels
 */
export function scoreRetrieval(neighbours: Neighbours, options: ScoreRetrievalOptions): PairRetrieval {
  const { pair, ranks, top } = options;
  requireOthers(neighbours);
  const depth = Math.max(...top);
  const cells: RetrievalCell[] = [];
  const rows: RetrievalRow[] = [];
  const warnings: string[] = [];
  for (const rank of ranks) {
    const { found, short } = cellsAt(neighbours, rank, depth, options);
    cells.push(...found);
    rows.push(...rowsAt(neighbours, found, rank, options));
    if (short > 0) warnings.push(shortWarning(pair, rank, short, neighbours.k));
  }
  return { pair, neighbours, cells, rows, warnings: [...warnings, ...keyWarnings(cells)] };
}

function cellsAt(
  neighbours: Neighbours,
  rank: LabelRank,
  depth: number,
  { labels, setOf }: ScoreRetrievalOptions,
): { found: RetrievalCell[]; short: number } {
  const all = keyPredictions(neighbours, labels, rank, depth);
  const found = querySets.flatMap((set): RetrievalCell[] => {
    const at = all.queryIds.flatMap((id, i) => (setOf.get(id) === set ? [i] : []));
    if (at.length === 0) return [];
    const queryIds = at.map((i) => all.queryIds[i] as string);
    const lists = at.map((i) => all.labels[i] as readonly string[]);
    const outcomes = scorePredictions({ ...all, queryIds, labels: lists }, labels);
    return [{ set, outcomes, scores: scores(outcomes) }];
  });
  return { found, short: shortLists(neighbours, labelsOf(labels, neighbours.keyIds, rank), depth) };
}

function rowsAt(
  neighbours: Neighbours,
  cells: readonly RetrievalCell[],
  rank: LabelRank,
  { pair, labels, top, resampler, rng, draws = 100 }: ScoreRetrievalOptions,
): RetrievalRow[] {
  const labelled = cells.filter(({ outcomes }) => outcomes.queryIds.length > 0);
  const chances = new Map(
    labelled.map(({ set, outcomes }) => [set, keyChance(neighbours, labels, outcomes, { rng, draws })]),
  );
  return top.flatMap((k) =>
    (['macro', 'micro'] as const).map((statistic) => {
      const estimates = new Map(
        labelled.map(({ set, outcomes }) => [set, estimate(outcomes, resampler, { statistic, top: k })]),
      );
      const [seen, unseen] = [estimates.get('seen'), estimates.get('unseen')];
      return {
        pair,
        rank,
        top: k,
        statistic,
        ...Object.fromEntries(estimates),
        ...(seen === undefined || unseen === undefined ? {} : { harmonicMean: harmonicMean(seen, unseen) }),
        chance: chanceLevels(chances, statistic, k),
      };
    }),
  );
}

function chanceLevels(
  chances: ReadonlyMap<QuerySet, KeyChance>,
  statistic: Statistic,
  top: number,
): RetrievalRow['chance'] {
  const drawsOf = (set: QuerySet): Float64Array | undefined => chances.get(set)?.[statistic][top - 1];
  const levels: Partial<Record<QuerySet | 'harmonicMean', ChanceLevel>> = {};
  for (const set of querySets) {
    const draws = drawsOf(set);
    if (draws !== undefined) levels[set] = levelOf(draws);
  }
  const [seen, unseen] = [drawsOf('seen'), drawsOf('unseen')];
  if (seen !== undefined && unseen !== undefined) {
    levels.harmonicMean = levelOf(seen.map((value, draw) => harmonic(value, unseen[draw] as number)));
  }
  return levels;
}

/** A specimen found by itself is no identification. */
function requireOthers({ queryIds, keyIds, index, k }: Neighbours): void {
  for (let at = 0; at < index.length; at++) {
    const key = index[at] as number;
    const id = queryIds[Math.floor(at / k)] as string;
    if (key < 0 || keyIds[key] !== id) continue;
    throw new BioscanError(
      'bad-input',
      `eval: retrieval, got query '${id}' among its own neighbours, expected other specimens; ` +
        'keep queries out of the keys, or search with groupOf: (id) => id',
      { id },
    );
  }
}

function shortWarning(pair: RetrievalPair, rank: LabelRank, short: number, k: number): string {
  return (
    `${pair.query} → ${pair.keys.join('+')} at ${rank}: ${short} queries have too few labelled keys among their ${k} neighbours; ` +
    'their lists are short. Search deeper.'
  );
}

function keyWarnings(cells: readonly RetrievalCell[]): string[] {
  return cells.flatMap(({ set, outcomes, scores: { classesWithoutKey, classes } }) => {
    if (outcomes.rank !== 'species') return [];
    if (set === 'novel' && classesWithoutKey < classes) {
      return [`${classes - classesWithoutKey} of ${classes} novel species have keys: they are unseen, not novel.`];
    }
    if (set !== 'novel' && classesWithoutKey > 0) {
      return [`${classesWithoutKey} of ${classes} ${set} species have no key and count as wrong at species.`];
    }
    return [];
  });
}
