import type { LabelRank, Neighbours, Rng } from '@bioscan/core';
import { quantile } from './estimate.js';
import { knnFromLabels, type KnnOptions } from './knn-probe.js';
import { labelsOf, type LabelTable } from './label-table.js';
import { scorePredictions } from './outcomes.js';
import { scores } from './scores.js';

/** Accuracy without information: mean, and the middle 95 % of the draws. */
export interface ChanceLevel {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface Chance {
  readonly rank: LabelRank;
  readonly draws: number;
  readonly macro: ChanceLevel;
  readonly micro: ChanceLevel;
}

export interface ChanceOptions extends KnnOptions {
  readonly rng: Rng;
  /** Default 100. */
  readonly draws?: number;
  /** Top-k; default 1. */
  readonly top?: number;
}

/**
 * Chance: the labels of the keys are permuted (among the keys that have one at the rank), the neighbours stay.
 * Frequent labels stay frequent, so this is the level that a probe reaches by knowing nothing but the keys' composition.
 */
export function chance(
  neighbours: Neighbours,
  labels: LabelTable,
  rank: LabelRank,
  { rng, draws = 100, top = 1, k = 1, depth = top }: ChanceOptions,
): Chance {
  if (!Number.isInteger(draws) || draws < 1)
    throw new RangeError(`eval: draws must be a positive integer, got ${draws}`);
  const keyLabels = labelsOf(labels, neighbours.keyIds, rank);
  const stream = rng.split(`chance:${rank}`);
  const macro = new Float64Array(draws);
  const micro = new Float64Array(draws);
  const outcomes = scorePredictions(knnFromLabels(neighbours, keyLabels, rank, { k, depth }), labels);
  const position = new Map(neighbours.queryIds.map((id, i) => [id, i]));
  const kept = outcomes.queryIds.map((id) => position.get(id) as number);
  for (let draw = 0; draw < draws; draw++) {
    const { labels: lists } = knnFromLabels(neighbours, permuted(keyLabels, stream), rank, { k, depth });
    const place = Int32Array.from(kept, (query, i) => lists[query]?.indexOf(outcomes.truth[i] as string) ?? -1);
    const drawn = scores({ ...outcomes, place }, top);
    macro[draw] = drawn.macro;
    micro[draw] = drawn.micro;
  }
  return { rank, draws, macro: levelOf(macro), micro: levelOf(micro) };
}

/** Neighbours that know nothing: one uniformly drawn key a query. For the chance of probes without neighbours, as a linear one; give the keys that it was fitted on. */
export function randomNeighbours(queryIds: readonly string[], keyIds: readonly string[], rng: Rng): Neighbours {
  const stream = rng.split('random-neighbours');
  const index = Int32Array.from(queryIds, () => stream.integer(keyIds.length));
  return { queryIds, keyIds, k: 1, index, score: new Float32Array(queryIds.length), higherIsNearer: true };
}

function permuted(keyLabels: readonly (string | undefined)[], rng: Rng): (string | undefined)[] {
  const known = rng.shuffle(keyLabels.filter((label) => label !== undefined));
  let next = 0;
  return keyLabels.map((label) => (label === undefined ? undefined : known[next++]));
}

/** Mean and middle 95 % of some draws. */
export function levelOf(values: Float64Array): ChanceLevel {
  const sorted = values.slice().sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
