import type { Value } from '../graph.js';

/** A weight that is weight + scale · left right. */
export interface LowRank {
  readonly weight: Value;
  readonly left: Value;
  readonly right: Value;
  readonly scale: Value;
}

const parts = new WeakMap<Value, LowRank>();

/** Lets layers multiply by the factors one after the other instead of by their sum. */
export function registerLowRank(whole: Value, lowRank: LowRank): void {
  parts.set(whole, lowRank);
}

export function lowRankOf(weight: Value): LowRank | undefined {
  return parts.get(weight);
}
