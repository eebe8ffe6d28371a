import type { Outcomes } from './outcomes.js';

/** Point values of one set of outcomes. Shares are in [0, 1]; all are NaN where no query has a label. */
export interface Scores {
  /** Mean over true classes of the share right. */
  readonly macro: number;
  /** Share of queries right. */
  readonly micro: number;
  /** The best that any predictor limited to the keys' labels could reach. */
  readonly ceiling: { readonly macro: number; readonly micro: number };
  readonly queries: number;
  readonly classes: number;
  readonly classesWithoutKey: number;
  readonly unlabelled: number;
  readonly abstained: number;
}

/**
 * Macro and micro top-k accuracy with counts and ceiling.
 * Macro runs over the true classes of the labelled queries; a class without a key counts as wrong.
 */
export function scores(outcomes: Outcomes, top = 1): Scores {
  requireDepth(outcomes, top);
  const right = (i: number): boolean => isRight(outcomes, i, top);
  const reachable = (i: number): boolean => outcomes.hasKey[i] === 1;
  const byClass = new Map(outcomes.truth.map((label, i) => [label, reachable(i)]));
  return {
    macro: macroShare(outcomes, right),
    micro: microShare(outcomes, right),
    ceiling: { macro: macroShare(outcomes, reachable), micro: microShare(outcomes, reachable) },
    queries: outcomes.queryIds.length,
    classes: byClass.size,
    classesWithoutKey: [...byClass.values()].filter((known) => !known).length,
    unlabelled: outcomes.unlabelled,
    abstained: outcomes.abstains.reduce((sum, one) => sum + one, 0),
  };
}

/** Harmonic mean of seen and unseen; 0 where either is 0. */
export function harmonic(seen: number, unseen: number): number {
  if (Number.isNaN(seen) || Number.isNaN(unseen)) return Number.NaN;
  return seen + unseen === 0 ? 0 : (2 * seen * unseen) / (seen + unseen);
}

/** One row a true class: queries, queries right, share right, whether a key exists. Sorted by class. */
export interface ClassScore {
  readonly label: string;
  readonly queries: number;
  readonly right: number;
  readonly accuracy: number;
  readonly hasKey: boolean;
}

export function classScores(outcomes: Outcomes, top = 1): ClassScore[] {
  requireDepth(outcomes, top);
  const rows = new Map<string, { queries: number; right: number; hasKey: boolean }>();
  outcomes.truth.forEach((label, i) => {
    const row = rows.get(label) ?? { queries: 0, right: 0, hasKey: outcomes.hasKey[i] === 1 };
    row.queries++;
    if (isRight(outcomes, i, top)) row.right++;
    rows.set(label, row);
  });
  return [...rows]
    .map(([label, row]) => ({ label, ...row, accuracy: row.right / row.queries }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Whether the true label of query `i` is among the first `top` predicted. */
export function isRight(outcomes: Outcomes, i: number, top: number): boolean {
  const place = outcomes.place[i] as number;
  return place >= 0 && place < top;
}

export function requireDepth(outcomes: Outcomes, top: number): void {
  if (!Number.isInteger(top) || top < 1 || top > outcomes.depth) {
    throw new RangeError(`eval: top-k needs k of 1 to ${outcomes.depth} (the depth of the predictions), got ${top}`);
  }
}

function microShare(outcomes: Outcomes, holds: (i: number) => boolean): number {
  return outcomes.truth.reduce((sum, _, i) => sum + (holds(i) ? 1 : 0), 0) / outcomes.truth.length;
}

function macroShare(outcomes: Outcomes, holds: (i: number) => boolean): number {
  const sums = new Map<string, { count: number; right: number }>();
  outcomes.truth.forEach((label, i) => {
    const sum = sums.get(label) ?? { count: 0, right: 0 };
    sum.count++;
    if (holds(i)) sum.right++;
    sums.set(label, sum);
  });
  let weighted = 0;
  let weights = 0;
  for (const [label, { count, right }] of sums) {
    const weight = outcomes.classWeight?.get(label) ?? 1;
    weighted += (weight * right) / count;
    weights += weight;
  }
  return weighted / weights;
}
