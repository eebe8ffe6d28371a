import { cast, div, equal, mul, neg, where } from '../functions/elementwise.js';
import { gatherElements } from '../functions/indexing.js';
import { reshape, unsqueeze } from '../functions/layout.js';
import { logSoftmax } from '../functions/normalize.js';
import { argmax, mean, sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';

export interface RowWeightOptions {
  /** One weight a row, float32, of the labels' shape; 0 leaves the row out. Default: all rows alike. */
  readonly weights?: Value;
}

/**
 * Mean cross entropy of logits (…, classes) against int64 labels (…), weighted by row; 0 when all weights are 0.
 * Rows of weight 0 still need a label within the classes.
 */
export function crossEntropy(logits: Value, labels: Value, options: RowWeightOptions = {}): Value {
  const rows = unsqueeze(labels, [-1]);
  const losses = reshape(neg(gatherElements(logSoftmax(logits), rows, -1)), [-1]);
  return rowMean(losses, options.weights);
}

/** Share of rows whose largest logit is the label, weighted by row. No gradient. */
export function accuracy(logits: Value, labels: Value, options: RowWeightOptions = {}): Value {
  const hits = cast(equal(argmax(logits, -1), labels), 'float32');
  return rowMean(reshape(hits, [-1]), options.weights);
}

/** Mean of a vector (n), weighted when weights (any shape of n elements) are given; 0 when they add up to 0. */
export function rowMean(rows: Value, weights?: Value): Value {
  if (weights === undefined) return mean(rows);
  const flat = reshape(weights, [-1]);
  const total = sum(flat);
  return div(sum(mul(rows, flat)), where(equal(total, 0), total.graph.scalar(1), total));
}
