import { div, equal, mul, sub, sum, unsqueeze, where, type Value } from '@bioscan/graph';

/** A similarity matrix, which cells of it are positive, and which rows and columns count. */
export interface Scores {
  /** (n, m), times the logit scale. */
  readonly similarity: Value;
  /** (n, m), 0 or more; 1 for a positive. */
  readonly targets: Value;
  /** (n): 1 for a row that counts, 0 for one whose modality is missing. Default: all count. */
  readonly rows?: Value;
  /** (m), as `rows`. */
  readonly columns?: Value;
}

/** Far below every logit: a softmax gives exactly 0. */
const far = 1e9;

/** 0 for what counts, -1e9 for what is missing: added to logits. */
export function outOfReach(present: Value): Value {
  return mul(sub(present, 1), far);
}

/** Targets of rows and columns that count. */
export function presentTargets({ targets, rows, columns }: Scores): Value {
  const byRow = rows === undefined ? targets : mul(targets, unsqueeze(rows, [1]));
  return columns === undefined ? byRow : mul(byRow, unsqueeze(columns, [0]));
}

/** How many rows or columns count, at least 1. */
export function countOf(present: Value | undefined, size: number, like: Value): Value {
  return present === undefined ? like.graph.scalar(size) : atLeastOne(sum(present));
}

/** Targets that add up to 1 along an axis or, without any positive, to 0. */
export function normalisedAlong(targets: Value, axis: number): Value {
  return div(targets, atLeastOne(sum(targets, { axes: [axis], keep: true })));
}

function atLeastOne(count: Value): Value {
  return where(equal(count, 0), count.graph.scalar(1), count);
}
