import { add, div, mul, neg, unsqueeze, type Value } from '@bioscan/graph';
import { crossEntropyAlong, type SoftmaxLossOptions } from './info-nce-loss.js';
import { countOf, outOfReach, presentTargets, type Scores } from './present.js';
import { sameRow } from './same.js';

/** Similarities of all vectors of two views with each other, first view above second; the diagonal counts for nothing. */
export type OwnScores = Omit<Scores, 'columns'>;

/**
 * NT-Xent (Chen et al. 2020): each of 2n vectors against all others, its own view's included. With `normalised` label targets it is the
 * supervised contrastive loss (Khosla et al. 2020, L_out).
 */
export function ntXentLoss(scores: OwnScores, options: SoftmaxLossOptions = {}): Value {
  const { similarity, rows } = scores;
  const [size] = similarity.shape as [number];
  const own = sameRow(similarity.graph, size);
  const present = presentTargets(rows === undefined ? scores : { ...scores, columns: rows });
  const targets = mul(present, add(neg(own), 1));
  const apart = add(similarity, mul(own, -1e9));
  const logits = rows === undefined ? apart : add(apart, unsqueeze(outOfReach(rows), [0]));
  return div(crossEntropyAlong(logits, targets, 1, options), countOf(rows, size, similarity));
}
