import { taxaAt, voteTree, type LabelRank, type RankCalibration } from '@bioscan/core';
import { properScores, reliability, type ProperScores, type Reliability } from './calibration-scores.js';
import { fitVotes, priorWeights, type FitVotesOptions } from './fit-votes.js';
import type { VoteExample } from './vote-examples.js';

/** How good the probabilities at one rank are, on queries that they were not fitted on. */
export interface RankReport extends ProperScores, Reliability {
  readonly rank: LabelRank;
  readonly queries: number;
  /** Share whose most probable taxon is right, at the novel prior. */
  readonly accuracy: number;
}

/** The most probable taxon of one example at one rank. */
export interface LeadingTaxon {
  readonly confidence: number;
  readonly right: boolean;
  readonly weight: number;
  readonly novel: boolean;
}

/** What probabilities say of examples: rows of {@link LeadingTaxon} and scored distributions by rank. */
export function leadingTaxa(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  novelPrior?: number,
): LeadingTaxon[][] {
  return scored(examples, calibrations, priorWeights(examples, novelPrior)).map((rows) =>
    rows.map(({ leading }) => leading),
  );
}

/**
 * Calibration error, negative log likelihood and Brier score at each rank, cross-fitted: species are dealt over `folds` folds, and each
 * fold is judged by the calibration of the others. An answer is a voted taxon or "another one".
 * @param part judges only known (`false`) or novel (`true`) examples, unweighted; absent: all, at the novel prior
 */
export function voteReport(
  examples: readonly VoteExample[],
  options: FitVotesOptions & { readonly folds?: number },
  part?: { readonly novel: boolean },
): RankReport[] {
  const { ranks, folds = 4, novelPrior } = options;
  const fold = foldsOf(examples, folds);
  const weights = priorWeights(examples, novelPrior);
  const rows: Scored[][] = ranks.map(() => []);
  for (let held = 0; held < folds; held++) {
    const fitted = examples.filter((_, i) => fold[i] !== held);
    const judged = examples.flatMap((example, i) =>
      fold[i] === held ? [{ example, weight: weights[i] as number }] : [],
    );
    if (fitted.length === 0 || judged.length === 0) continue;
    const found = scored(
      judged.map(({ example }) => example),
      fitVotes(fitted, options),
      judged.map(({ weight }) => weight),
    );
    found.forEach((more, depth) => rows[depth]?.push(...more));
  }
  return ranks.map((rank, depth) => rankReport(rank, rows[depth] ?? [], part));
}

/** The same of calibrations that other photos gave: judges them as they are, at the novel prior. */
export function heldOutReport(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  novelPrior?: number,
): RankReport[] {
  return judgeVotes(examples, calibrations, priorWeights(examples, novelPrior));
}

/**
 * The same scores of examples by calibrations that were fitted elsewhere: on test queries, or on one stratum of them.
 * @param weights one an example; default: all equal
 */
export function judgeVotes(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  weights: readonly number[] = examples.map(() => 1),
): RankReport[] {
  const rows = scored(examples, calibrations, weights);
  return calibrations.map(({ rank }, depth) => rankReport(rank, rows[depth] ?? [], undefined));
}

interface Scored {
  readonly leading: LeadingTaxon;
  readonly probabilities: readonly number[];
  readonly truth: number;
}

function scored(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  weights: readonly number[],
): Scored[][] {
  const rows: Scored[][] = calibrations.map(() => []);
  examples.forEach(({ votes, truth, novel }, i) => {
    const root = voteTree(votes, calibrations);
    for (let depth = 0; depth < calibrations.length; depth++) {
      const name = truth[depth];
      if (name === undefined) continue;
      const { taxa, another } = taxaAt(root, depth);
      const at = taxa.findIndex((taxon) => taxon.name === name);
      rows[depth]?.push({
        leading: { confidence: taxa[0]?.probability ?? 0, right: at === 0, weight: weights[i] as number, novel },
        probabilities: [...taxa.map(({ probability }) => probability), another],
        truth: at < 0 ? taxa.length : at,
      });
    }
  });
  return rows;
}

function rankReport(
  rank: LabelRank,
  all: readonly Scored[],
  part: { readonly novel: boolean } | undefined,
): RankReport {
  const rows = part === undefined ? all : all.filter(({ leading }) => leading.novel === part.novel);
  const weights = rows.map(({ leading }) => (part === undefined ? leading.weight : 1));
  const right = rows.map(({ leading }) => leading.right);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    rank,
    queries: rows.length,
    accuracy: right.reduce((sum, one, i) => sum + (one ? (weights[i] as number) : 0), 0) / total,
    ...properScores(rows, weights),
    ...reliability(
      rows.map(({ leading }) => leading.confidence),
      right,
      { weights },
    ),
  };
}

/** All examples of a species in one fold; species in order of their names. */
function foldsOf(examples: readonly VoteExample[], folds: number): number[] {
  const unit = ({ truth, id }: VoteExample): string => truth.at(-1) ?? id;
  const position = new Map([...new Set(examples.map(unit))].sort().map((name, i) => [name, i % folds]));
  return examples.map((example) => position.get(unit(example)) ?? 0);
}
