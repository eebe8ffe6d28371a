import type { LabelRank } from '@bioscan/core';
import { labelsOf, type LabelTable } from './label-table.js';
import { selectOutcomes, type Outcomes } from './outcomes.js';

/** Names the stratum of a query; undefined leaves the query out. */
export type StratumOf = (queryId: string) => string | undefined;

/** Outcomes by stratum, in order of stratum name; each can be scored and resampled as the whole. */
export function stratify(outcomes: Outcomes, stratumOf: StratumOf): ReadonlyMap<string, Outcomes> {
  const strata = outcomes.queryIds.map(stratumOf);
  const names = [...new Set(strata.filter((name) => name !== undefined))].sort(naturally);
  return new Map(names.map((name) => [name, selectOutcomes(outcomes, (_, i) => strata[i] === name)]));
}

/** `shared BIN` where a key has the query's BIN, else `own BIN`; `no BIN` where the query has none. */
export function bySharedBin(labels: LabelTable, keyIds: readonly string[]): StratumOf {
  const keyBins = new Set(labelsOf(labels, keyIds, 'bin'));
  return (id) => {
    const bin = labels.labelOf(id, 'bin');
    if (bin === undefined) return 'no BIN';
    return keyBins.has(bin) ? 'shared BIN' : 'own BIN';
  };
}

/**
 * The number of keys that a query's class has, in bands that start at `starts`: 1, 2, 3-5, 6-10 … by default.
 * Queries without a label at the rank are left out.
 */
export function byKeyCount(
  labels: LabelTable,
  keyIds: readonly string[],
  rank: LabelRank = 'species',
  starts: readonly number[] = [0, 1, 2, 3, 6, 11, 21, 51],
): StratumOf {
  const counts = new Map<string, number>();
  for (const label of labelsOf(labels, keyIds, rank)) {
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return (id) => {
    const label = labels.labelOf(id, rank);
    return label === undefined ? undefined : band(counts.get(label) ?? 0, starts);
  };
}

/** The label of the query at a coarser rank, as in accuracy by order. */
export function byRank(labels: LabelTable, rank: LabelRank): StratumOf {
  return (id) => labels.labelOf(id, rank);
}

/** Strata crossed: both must be known. */
export function crossed(first: StratumOf, second: StratumOf): StratumOf {
  return (id) => {
    const a = first(id);
    const b = second(id);
    return a === undefined || b === undefined ? undefined : `${a} · ${b}`;
  };
}

/** Two sets of outcomes made comparable, and what was lost by it. */
export interface Equalised {
  readonly a: Outcomes;
  readonly b: Outcomes;
  /** Strata that both have, with their share in each of the two after weighting. */
  readonly composition: ReadonlyMap<string, number>;
  /** Share of the classes of each that lie in a stratum the other lacks; they are dropped. */
  readonly dropped: { readonly a: number; readonly b: number };
}

/**
 * Weights classes so that both sets have the same composition of strata, as order and number of keys: is unseen harder, or only composed
 * otherwise? The common composition is the smaller of the two shares in each stratum, scaled to 1. Weights act on macro scores only.
 * The stratum of a class is that of most of its queries (the first by name where equal).
 */
export function equalise(a: Outcomes, b: Outcomes, stratumOf: StratumOf): Equalised {
  const [inA, inB] = [classStrata(a, stratumOf), classStrata(b, stratumOf)];
  const [sharesA, sharesB] = [shares(inA), shares(inB)];
  const common = [...sharesA.keys()].filter((name) => sharesB.has(name)).sort(naturally);
  const overlap = common.map((name) => Math.min(sharesA.get(name) ?? 0, sharesB.get(name) ?? 0));
  const total = overlap.reduce((sum, share) => sum + share, 0);
  const composition = new Map(common.map((name, i) => [name, (overlap[i] as number) / total]));
  return {
    a: weighted(a, inA, sharesA, composition),
    b: weighted(b, inB, sharesB, composition),
    composition,
    dropped: { a: droppedShare(sharesA, composition), b: droppedShare(sharesB, composition) },
  };
}

function classStrata(outcomes: Outcomes, stratumOf: StratumOf): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  outcomes.queryIds.forEach((id, i) => {
    const stratum = stratumOf(id);
    if (stratum === undefined) return;
    const label = outcomes.truth[i] as string;
    const row = votes.get(label) ?? new Map<string, number>();
    votes.set(label, row.set(stratum, (row.get(stratum) ?? 0) + 1));
  });
  const winners = new Map<string, string>();
  for (const [label, row] of votes) {
    const [first] = [...row].sort((x, y) => y[1] - x[1] || naturally(x[0], y[0]));
    if (first !== undefined) winners.set(label, first[0]);
  }
  return winners;
}

function shares(strata: ReadonlyMap<string, string>): Map<string, number> {
  const result = new Map<string, number>();
  for (const stratum of strata.values()) result.set(stratum, (result.get(stratum) ?? 0) + 1 / strata.size);
  return result;
}

function weighted(
  outcomes: Outcomes,
  strata: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, number>,
  composition: ReadonlyMap<string, number>,
): Outcomes {
  const classWeight = new Map<string, number>();
  for (const [label, stratum] of strata) {
    const wanted = composition.get(stratum);
    if (wanted !== undefined) classWeight.set(label, wanted / (own.get(stratum) as number));
  }
  return { ...selectOutcomes(outcomes, (_, i) => classWeight.has(outcomes.truth[i] as string)), classWeight };
}

function droppedShare(own: ReadonlyMap<string, number>, composition: ReadonlyMap<string, number>): number {
  return [...own].reduce((sum, [name, share]) => sum + (composition.has(name) ? 0 : share), 0);
}

function band(count: number, starts: readonly number[]): string {
  const at = starts.findLastIndex((start) => start <= count);
  const start = starts[at];
  if (start === undefined) return `below ${starts[0] ?? 0} keys`;
  const next = starts[at + 1];
  if (next === undefined) return `${start}+ keys`;
  return next - start === 1 ? `${start} ${start === 1 ? 'key' : 'keys'}` : `${start}-${next - 1} keys`;
}

function naturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
