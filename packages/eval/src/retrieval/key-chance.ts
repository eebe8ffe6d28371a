import type { LabelRank, Neighbours, Rng } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';
import type { Outcomes } from '../outcomes.js';
import type { Statistic } from '../replicate.js';

/** The accuracy of each draw at top 1, 2, …, as far as the outcomes reach. */
export type KeyChance = Readonly<Record<Statistic, readonly Float64Array[]>>;

export interface KeyChanceOptions {
  readonly rng: Rng;
  /** Default 100. */
  readonly draws?: number;
}

/**
 * Chance of a retrieval: labels are permuted among the keys that have one, the neighbours stay; one row of draws a place in the list.
 * Equal seeds permute equally, so that draw r of seen and of unseen queries belong together.
 * The queries are those of the outcomes. Cost: O(draws x (keys + queries x depth)).
 */
export function keyChance(
  neighbours: Neighbours,
  labels: LabelTable,
  outcomes: Outcomes,
  { rng, draws = 100 }: KeyChanceOptions,
): KeyChance {
  const { rank, depth } = outcomes;
  const { codes, codeOf, labelled } = codedKeys(neighbours, labels, rank);
  const lists = labelledKeys(neighbours, outcomes, codes);
  const classes = [...new Set(outcomes.truth)];
  const classAt = new Map(classes.map((label, c) => [label, c]));
  const truthClass = Int32Array.from(outcomes.truth, (label) => classAt.get(label) as number);
  const truthCode = Int32Array.from(outcomes.truth, (label) => codeOf.get(label) ?? -1);
  const sizes = new Float64Array(classes.length);
  for (const c of truthClass) sizes[c] = (sizes[c] as number) + 1;
  const micro = Array.from({ length: depth }, () => new Float64Array(draws));
  const macro = Array.from({ length: depth }, () => new Float64Array(draws));
  const stream = rng.split(`chance:${rank}`);
  const pool = labelled.map((key) => codes[key] as number);
  const drawn = new Int32Array(codes.length).fill(-1);
  for (let draw = 0; draw < draws; draw++) {
    stream.shuffle(pool);
    labelled.forEach((key, i) => (drawn[key] = pool[i] as number));
    for (let query = 0; query < truthCode.length; query++) {
      const place = placeOf(drawn, lists, query, depth, truthCode[query] as number);
      for (let top = place; top < depth; top++) {
        add(micro[top], draw, 1 / truthCode.length);
        add(macro[top], draw, 1 / (sizes[truthClass[query] as number] as number) / classes.length);
      }
    }
  }
  return { macro, micro };
}

function codedKeys(
  neighbours: Neighbours,
  labels: LabelTable,
  rank: LabelRank,
): { codes: Int32Array; codeOf: Map<string, number>; labelled: number[] } {
  const codeOf = new Map<string, number>();
  const labelled: number[] = [];
  const codes = Int32Array.from(labelsOf(labels, neighbours.keyIds, rank), (label, key) => {
    if (label === undefined) return -1;
    labelled.push(key);
    const code = codeOf.get(label) ?? codeOf.size;
    codeOf.set(label, code);
    return code;
  });
  return { codes, codeOf, labelled };
}

/** `(queries, depth)`: the nearest keys that have a label, -1 where there are no more. */
function labelledKeys(neighbours: Neighbours, outcomes: Outcomes, codes: Int32Array): Int32Array {
  const { depth, queryIds } = outcomes;
  const position = new Map(neighbours.queryIds.map((id, i) => [id, i]));
  const lists = new Int32Array(queryIds.length * depth).fill(-1);
  queryIds.forEach((id, i) => {
    const start = (position.get(id) as number) * neighbours.k;
    let filled = 0;
    for (let at = start; at < start + neighbours.k && filled < depth; at++) {
      const key = neighbours.index[at] as number;
      if (key >= 0 && (codes[key] as number) >= 0) lists[i * depth + filled++] = key;
    }
  });
  return lists;
}

function placeOf(drawn: Int32Array, lists: Int32Array, query: number, depth: number, truth: number): number {
  if (truth < 0) return depth;
  for (let place = 0; place < depth; place++) {
    const key = lists[query * depth + place] as number;
    if (key >= 0 && drawn[key] === truth) return place;
  }
  return depth;
}

function add(sums: Float64Array | undefined, at: number, value: number): void {
  if (sums !== undefined) sums[at] = (sums[at] as number) + value;
}
