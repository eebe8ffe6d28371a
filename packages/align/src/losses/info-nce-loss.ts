import { add, div, logSoftmax, mul, neg, sum, unsqueeze, type Value } from '@bioscan/graph';
import { countOf, normalisedAlong, outOfReach, presentTargets, type Scores } from './present.js';

export interface SoftmaxLossOptions {
  /** Scale each row's targets to the sum 1 (supervised contrastive); otherwise they weigh as they are (CLIBD). Default false. */
  readonly normalised?: boolean;
}

/**
 * InfoNCE (van den Oord et al. 2018) as CLIP has it: the mean of two cross entropies with probability targets, over rows and over columns,
 * each -(1/n) Σᵢⱼ Yᵢⱼ log softmaxⱼ. Missing rows and columns are as if they were not there; 0 when none is left.
 */
export function infoNceLoss(scores: Scores, options: SoftmaxLossOptions = {}): Value {
  const targets = presentTargets(scores);
  const { similarity, rows, columns } = scores;
  const [n, m] = similarity.shape as [number, number];
  const byRow = crossEntropyAlong(masked(similarity, columns, 0), targets, 1, options);
  const byColumn = crossEntropyAlong(masked(similarity, rows, 1), targets, 0, options);
  return mul(add(div(byRow, countOf(rows, n, similarity)), div(byColumn, countOf(columns, m, similarity))), 0.5);
}

function masked(similarity: Value, present: Value | undefined, axis: number): Value {
  return present === undefined ? similarity : add(similarity, unsqueeze(outOfReach(present), [axis]));
}

/** -Σ Y log softmax along an axis. */
export function crossEntropyAlong(
  logits: Value,
  targets: Value,
  axis: 0 | 1,
  { normalised = false }: SoftmaxLossOptions,
): Value {
  const weights = normalised ? normalisedAlong(targets, axis) : targets;
  return neg(sum(mul(logSoftmax(logits, axis), weights)));
}
