import type { LabelRank } from '@bioscan/core';

/**
 * What is said of each query at one rank, best first: a probe's distinct labels, or in a retrieval the labels of its nearest keys.
 * An empty list is an abstention and counts as wrong.
 */
export interface Predictions {
  readonly rank: LabelRank;
  readonly queryIds: readonly string[];
  readonly labels: readonly (readonly string[])[];
  /** How many labels a list may hold; top-k needs k of them. */
  readonly depth: number;
  /** Labels that have at least one key (or training example): what can be predicted at all. */
  readonly keyLabels: ReadonlySet<string>;
}
