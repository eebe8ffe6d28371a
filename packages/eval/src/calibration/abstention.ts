import { taxaAt, voteTree, type LabelRank, type RankCalibration } from '@bioscan/core';
import { priorWeights } from './fit-votes.js';
import { leadingTaxa, type LeadingTaxon } from './vote-report.js';
import type { VoteExample } from './vote-examples.js';

/** From which confidence a name is asserted at each rank, so that the stated share of what is asserted is right. */
export type AssertionThresholds = Readonly<Partial<Record<LabelRank, number>>>;

/** Fewer assertions than this say nothing of their accuracy. */
const least = 20;

/**
 * The lowest confidence at each rank, and at least `level`, above which the share right on the examples is `level`. 1, which is never
 * reached, where too few examples or none would do.
 */
export function assertionThresholds(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  level: number,
  novelPrior?: number,
): AssertionThresholds {
  const rows = leadingTaxa(examples, calibrations, novelPrior);
  return Object.fromEntries(calibrations.map(({ rank }, depth) => [rank, threshold(rows[depth] ?? [], level)]));
}

function threshold(rows: readonly LeadingTaxon[], level: number): number {
  const sorted = rows.filter(({ confidence }) => confidence >= level).sort((a, b) => b.confidence - a.confidence);
  let [right, total, lowest] = [0, 0, 1];
  for (const [i, row] of sorted.entries()) {
    right += row.right ? row.weight : 0;
    total += row.weight;
    // Equal confidences are asserted together.
    if (sorted[i + 1]?.confidence === row.confidence || i + 1 < least) continue;
    if (right / total >= level) lowest = i + 1 === sorted.length ? level : row.confidence;
  }
  return lowest;
}

/** One point of the abstention curve: what is asserted where `level` is asked for. */
export interface AbstentionPoint {
  readonly level: number;
  /** Share of photos with a name at some rank. */
  readonly coverage: number;
  /** Share of these whose deepest asserted name is right, where the truth is known at its rank. */
  readonly correct: number;
  /** Mean position of the deepest asserted rank, 1 for the coarsest. */
  readonly depth: number;
}

/**
 * Coverage against correctness of the deepest asserted rank, and how deep it is, at several levels of confidence.
 * @param weights one an example; default: those of the novel prior
 * @param thresholdsOf from which confidence a rank is asserted at a level, as fitted on other photos; default: the level itself
 */
export function abstentionCurve(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  {
    levels = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
    novelPrior,
    weights = priorWeights(examples, novelPrior),
    thresholdsOf = () => ({}),
  }: {
    readonly levels?: readonly number[];
    readonly novelPrior?: number;
    readonly weights?: readonly number[];
    readonly thresholdsOf?: (level: number) => AssertionThresholds;
  } = {},
): AbstentionPoint[] {
  const leading = examples.map(({ votes }) => {
    const root = voteTree(votes, calibrations);
    return calibrations.map((_, depth) => taxaAt(root, depth).taxa[0]);
  });
  return levels.map((level) => {
    let [all, asserted, judged, right, depths] = [0, 0, 0, 0, 0];
    const fitted = thresholdsOf(level);
    const from = calibrations.map(({ rank }) => Math.max(level, fitted[rank] ?? level));
    examples.forEach(({ truth }, i) => {
      const weight = weights[i] as number;
      all += weight;
      const deepest =
        leading[i]?.findLastIndex((taxon, depth) => (taxon?.probability ?? 0) >= (from[depth] as number)) ?? -1;
      if (deepest < 0) return;
      asserted += weight;
      depths += weight * (deepest + 1);
      if (truth[deepest] === undefined) return;
      judged += weight;
      if (leading[i]?.[deepest]?.name === truth[deepest]) right += weight;
    });
    return { level, coverage: asserted / all, correct: right / judged, depth: depths / asserted };
  });
}
