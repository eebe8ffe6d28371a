import { taxaAt, voteTree } from '@bioscan/core';
import type { LabelRank, Metric, RankCalibration, ReportFigure, ReportTable, Rng } from '@bioscan/core';
import { percent, rankName } from '../report-cells.js';
import { abstentionCurve } from './abstention.js';
import { abstentionFigure, reliabilityFigure } from './calibration-figures.js';
import { priorWeights } from './fit-votes.js';
import { noveltyScores } from './open-set.js';
import type { VoteExample } from './vote-examples.js';
import { judgeVotes } from './vote-report.js';

export interface OpenSetTask {
  /** As `fitVotes` makes them, of validation examples. */
  readonly calibrations: readonly RankCalibration[];
  /** Examples that nothing was fitted on. */
  readonly examples: readonly VoteExample[];
  /** `seen`, `unseen` or `novel` of an example's query; examples without a set count in `all` alone. */
  readonly setOf: (id: string) => string | undefined;
  readonly rng: Rng;
  /** Share of photos that are thought to show a taxon without a key: that of the fit. The set `all` is weighted to it. Default 0.1. */
  readonly novelPrior?: number;
  /** Levels of the abstention curve. */
  readonly levels?: readonly number[];
}

/**
 * How far probabilities can be believed: accuracy, calibration error, negative log likelihood and Brier score by rank and set; what is asserted, and how
 * deep, where more confidence is asked for; AUROC of open-set scores for novelty. All examples together are weighted to the novel prior, sets stand as they are.
 * Empty strata are printed as empty.
 */
export function openSetReport(task: OpenSetTask): {
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
} {
  const { calibrations, examples, setOf, rng } = task;
  const { levels = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95], novelPrior = 0.1 } = task;
  const weights = priorWeights(examples, novelPrior);
  const sets = [...new Set(['seen', 'unseen', 'novel', ...examples.flatMap(({ id }) => setOf(id) ?? [])])];
  const parts: Part[] = [
    { name: 'all', examples, weights },
    ...sets.map((name) => {
      const own = examples.filter(({ id }) => setOf(id) === name);
      return { name, examples: own, weights: own.map(() => 1) };
    }),
  ];
  const curves = parts
    .filter((part) => part.examples.length > 0)
    .map((part) => ({
      name: part.name,
      points: abstentionCurve(part.examples, calibrations, { levels, weights: part.weights }),
    }));
  const whole = judgeVotes(examples, calibrations, weights);
  const weighting = weightingOf(examples, novelPrior);
  return {
    tables: [
      calibrationTable(parts, calibrations, weighting),
      abstentionTable(curves, weighting),
      assertedTable({ name: 'all', examples, weights }, calibrations, levels, weighting),
      noveltyTable(examples, calibrations, rng),
    ],
    figures: [
      reliabilityFigure(whole.map((reliability) => ({ name: rankName(reliability.rank), reliability }))),
      abstentionFigure(curves),
    ],
  };
}

/** A set of examples and how much each counts. */
interface Part {
  readonly name: string;
  readonly examples: readonly VoteExample[];
  readonly weights: readonly number[];
}

function weightingOf(examples: readonly VoteExample[], novelPrior: number): string {
  const novel = examples.filter((example) => example.novel).length;
  if (novel === 0 || novel === examples.length) {
    return `No weights: ${novel === 0 ? 'no example is' : 'all examples are'} novel.`;
  }
  return `All together at a novel prior of ${novelPrior}: ${novel} of ${examples.length} examples are novel, and weigh as that share. Sets stand as they are.`;
}

function calibrationTable(
  parts: readonly Part[],
  calibrations: readonly RankCalibration[],
  weighting: string,
): ReportTable {
  const rows = parts.flatMap(({ name, examples, weights }) =>
    judgeVotes(examples, calibrations, weights).map((one): (string | number | Metric)[] => {
      const { rank, queries, accuracy, expectedCalibrationError, negativeLogLikelihood, brier } = one;
      if (queries === 0) return [name, rankName(rank), 0, 'empty', 'empty', 'empty', 'empty'];
      const share = (title: string, value: number): Metric => ({ name: title, value, count: queries });
      const scores = [negativeLogLikelihood.toFixed(3), brier.toFixed(3)];
      return [
        name,
        rankName(rank),
        queries,
        share('accuracy', accuracy),
        share('ECE', expectedCalibrationError),
        ...scores,
      ];
    }),
  );
  return {
    title: 'Calibration by set',
    columns: ['set', 'rank', 'queries', 'accuracy', 'calibration error', 'negative log likelihood', 'Brier'],
    rows,
    note: `${weighting} Bins of equal mass. Every node of the tree has mass for another child; the answer "another one" is right for novel species at their rank.`,
  };
}

function abstentionTable(
  curves: readonly { readonly name: string; readonly points: ReturnType<typeof abstentionCurve> }[],
  weighting: string,
): ReportTable {
  const rows = curves.flatMap(({ name, points }) =>
    points.map(({ level, coverage, correct, depth }) => [name, level, percent(coverage), percent(correct), depth]),
  );
  return {
    title: 'Abstention: the deepest rank that is asserted',
    columns: ['set', 'confidence asked for', 'coverage (%)', 'correct (%)', 'mean depth'],
    rows,
    note: `${weighting} Depth 1 is the coarsest rank.`,
  };
}

/** Share of queries with a name at each rank, and how many of these are right, at each level of confidence. */
function assertedTable(
  { examples, weights }: Part,
  calibrations: readonly RankCalibration[],
  levels: readonly number[],
  weighting: string,
): ReportTable {
  const total = sum(weights);
  const trees = examples.map(({ votes }) => voteTree(votes, calibrations));
  const rows = calibrations.flatMap(({ rank }, depth) => {
    const leading = trees.map((root) => taxaAt(root, depth).taxa[0]);
    return levels.map((level): (string | number)[] => {
      const asserted = examples.flatMap(({ truth }, i) => {
        const taxon = leading[i];
        if (taxon === undefined || taxon.probability < level) return [];
        return [{ name: taxon.name, truth: truth[depth], weight: weights[i] as number }];
      });
      const judged = asserted.filter(({ truth }) => truth !== undefined);
      const right = judged.filter(({ name, truth }) => name === truth);
      const [named, known, good] = [asserted, judged, right].map((some) => sum(some.map(({ weight }) => weight)));
      return [rankName(rank), level, percent((named ?? 0) / total), percent((good ?? 0) / (known ?? 0))];
    });
  });
  return {
    title: 'Abstention by rank',
    columns: ['rank', 'confidence asked for', 'named (%)', 'of these right (%)'],
    rows,
    note: weighting,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function noveltyTable(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  rng: Rng,
): ReportTable {
  const rank: LabelRank | undefined = calibrations.at(-1)?.rank;
  const rows = noveltyScores(examples, calibrations, { rng }).map(({ score, known, novel, auroc }) => [
    score,
    auroc ?? 'empty',
    known,
    novel,
  ]);
  return {
    title: `Open set: is the ${rank === undefined ? 'taxon' : rankName(rank)} new?`,
    columns: ['score', 'AUROC', 'known', 'novel'],
    rows,
    note: '50: no better than chance; the share of novel examples does not move it. Intervals over species with all their queries.',
  };
}
