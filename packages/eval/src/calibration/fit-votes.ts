import {
  BioscanError,
  childProbabilities,
  childVotes,
  type ChildVotes,
  type LabelRank,
  type MonotoneCurve,
  type RankCalibration,
  type Vote,
} from '@bioscan/core';
import { isotonicRegression } from './isotonic-regression.js';
import { logisticFit } from './logistic-fit.js';
import type { VoteExample } from './vote-examples.js';

export interface FitVotesOptions {
  /** Those of the examples, coarse to fine. */
  readonly ranks: readonly LabelRank[];
  /** Share of photos that are thought to show a taxon (finest rank) without a key; known and novel examples are weighted to it. Default 0.1. */
  readonly novelPrior?: number;
  /** `isotonic` adds a monotone curve on the leading taxon's probability; it wants some hundred examples a rank. Default `temperature`. */
  readonly method?: 'temperature' | 'isotonic';
}

/**
 * Fits how votes become probabilities, rank by rank, on validation queries that no key and no training photo shows. At each true parent: the
 * temperature of least negative log likelihood, and a logistic in the best similarity for "the child is among the voted".
 * @throws BioscanError `bad-input` when no example has a label at a rank
 */
export function fitVotes(examples: readonly VoteExample[], options: FitVotesOptions): RankCalibration[] {
  const { ranks, method = 'temperature' } = options;
  const weights = priorWeights(examples, options.novelPrior);
  return ranks.map((rank, depth) => {
    const choices = choicesAt(examples, weights, depth);
    if (choices.length === 0) {
      throw new BioscanError(
        'bad-input',
        `eval: calibration at ${rank}, got no validation query with a name and voters there, expected some; leave the rank out`,
        { rank },
      );
    }
    const calibration: RankCalibration = {
      rank,
      temperature: bestTemperature(choices, depth),
      known: knownFit(choices),
    };
    if (method === 'temperature') return calibration;
    return { ...calibration, curve: leadingCurve(choices, calibration, depth) };
  });
}

/** Weights that give novel examples the share `novelPrior` of the whole; all 1 where either kind is missing. Sum: number of examples. */
export function priorWeights(examples: readonly VoteExample[], novelPrior = 0.1): number[] {
  if (!(novelPrior >= 0 && novelPrior < 1)) {
    throw new RangeError(`eval: novelPrior, got ${novelPrior}, expected 0 up to, not including, 1`);
  }
  const novel = examples.filter((example) => example.novel).length;
  const known = examples.length - novel;
  if (novel === 0 || known === 0) return examples.map(() => 1);
  return examples.map((example) =>
    example.novel ? (novelPrior * examples.length) / novel : ((1 - novelPrior) * examples.length) / known,
  );
}

/** The votes below the true parent of one example, and which child is true. */
interface Choice {
  readonly votes: readonly Vote[];
  readonly truth: string;
  readonly weight: number;
  readonly best: number;
  readonly listed: boolean;
}

function choicesAt(examples: readonly VoteExample[], weights: readonly number[], depth: number): Choice[] {
  return examples.flatMap(({ votes, truth: names }, i) => {
    const truth = names[depth];
    if (truth === undefined) return [];
    const below = votes.filter((vote) => names.slice(0, depth).every((name, at) => vote.names[at] === name));
    const children = childVotes(below, depth, 1);
    if (children.length === 0) return [];
    const best = Math.max(...children.flatMap((child) => child.votes.map(({ similarity }) => similarity)));
    const listed = children.some(({ name }) => name === truth);
    return [{ votes: below, truth, weight: weights[i] as number, best, listed }];
  });
}

function knownFit(choices: readonly Choice[]): RankCalibration['known'] {
  const weights = choices.map(({ weight }) => weight);
  const y = choices.map(({ listed }) => (listed ? 1 : 0));
  const x = choices.map(({ best }) => best);
  const fit = logisticFit(x, y, weights);
  // Nearer must not mean less known; few examples can say so by chance.
  return fit.slope >= 0
    ? fit
    : logisticFit(
        x.map(() => 0),
        y,
        weights,
      );
}

/** Golden-section search over the logarithm, between 0.001 and 10. */
function bestTemperature(choices: readonly Choice[], depth: number): number {
  const told = choices
    .filter(({ listed }) => listed)
    .map((choice) => ({ weight: choice.weight, ...offsets(choice, depth) }));
  const loss = (logarithm: number): number => {
    const temperature = Math.exp(logarithm);
    const mass = (values: readonly number[]): number =>
      values.reduce((sum, off) => sum + Math.exp(off / temperature), 0);
    return told.reduce((sum, { weight, own, others }) => {
      const [mine, rest] = [mass(own), mass(others)];
      return sum - weight * Math.log(Math.max(mine / (mine + rest), 1e-12));
    }, 0);
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(1e-3), Math.log(10)];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [loss(left), loss(right)];
  while (high - low > 1e-3) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = loss(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Similarities of the true child's voters and of the others', less the best. */
function offsets({ votes, truth, best }: Choice, depth: number): { own: number[]; others: number[] } {
  const own: number[] = [];
  const others: number[] = [];
  for (const { name, votes: members } of childVotes(votes, depth, 1)) {
    for (const { similarity } of members) (name === truth ? own : others).push(similarity - best);
  }
  return { own, others };
}

/** Isotonic in the leading child's probability; its ends stay off 0 and 1 by what the number of examples can show. */
function leadingCurve(choices: readonly Choice[], calibration: RankCalibration, depth: number): MonotoneCurve {
  const leading = choices.map(({ votes }) =>
    childProbabilities(votes, calibration, depth).reduce((top, child) => (child.share > top.share ? child : top)),
  );
  const { from, to } = isotonicRegression(
    leading.map(({ share }) => share),
    leading.map(({ name }: ChildVotes, i) => (name === choices[i]?.truth ? 1 : 0)),
    choices.map(({ weight }) => weight),
  );
  const edge = 1 / (choices.length + 2);
  return { from, to: to.map((value) => Math.min(1 - edge, Math.max(edge, value))) };
}
