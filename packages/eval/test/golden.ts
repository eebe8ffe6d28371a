import { readFileSync } from 'node:fs';
import type { LabelRank, Neighbours } from '@bioscan/core';
import type { LabelledRecord, Outcomes } from '@bioscan/eval';

export function golden(name: string): unknown {
  return JSON.parse(readFileSync(`fixtures/eval/${name}.json`, 'utf8'));
}

export interface KnnGolden {
  readonly keys: readonly LabelledRecord[];
  readonly queries: readonly LabelledRecord[];
  readonly nearest: readonly (readonly number[])[];
  readonly cases: readonly {
    readonly rank: LabelRank;
    readonly k: number;
    readonly predictions: readonly string[];
    readonly tied: readonly boolean[];
    readonly firstByOurRule: readonly string[];
    readonly micro: number;
    readonly macro: number;
    readonly top: Readonly<Record<'3' | '5', { readonly micro: number; readonly macro: number }>>;
    readonly ceilingMicro: number;
    readonly ceilingMacro: number;
    readonly classes: number;
    readonly queries: number;
    readonly unlabelled: number;
  }[];
}

/** Neighbours from lists of key positions; scores only say the order. */
export function neighboursOf(
  queryIds: readonly string[],
  keyIds: readonly string[],
  lists: readonly (readonly number[])[],
): Neighbours {
  const k = lists[0]?.length ?? 0;
  return {
    queryIds,
    keyIds,
    k,
    index: Int32Array.from(lists.flat()),
    score: Float32Array.from(lists.flatMap((list) => list.map((_, i) => 1 - i / list.length))),
    higherIsNearer: true,
  };
}

/** Outcomes written down by hand: 1 is right, 0 wrong. */
export function outcomesOf(
  rank: LabelRank,
  rows: readonly { id: string; truth: string; unit: string; genus?: string; right: number; hasKey?: number }[],
): Outcomes {
  return {
    rank,
    queryIds: rows.map(({ id }) => id),
    place: Int32Array.from(rows, ({ right }) => (right === 1 ? 0 : -1)),
    depth: 1,
    truth: rows.map(({ truth }) => truth),
    unit: rows.map(({ unit }) => unit),
    genus: rows.map(({ genus, unit }) => genus ?? unit),
    hasKey: Uint8Array.from(rows, ({ hasKey }) => hasKey ?? 1),
    unlabelled: 0,
    abstains: new Uint8Array(rows.length),
  };
}
