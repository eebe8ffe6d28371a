import { ranks, type Rank } from '@bioscan/core';
import type { LabelledRecord, Outcomes } from '@bioscan/eval';
import type { AlignmentData } from '../alignment-data.js';

/** Queries right and queries asked of each species: all that macro, micro and the bootstrap over species need. Plain JSON. */
export interface Tally {
  readonly species: readonly string[];
  readonly right: readonly number[];
  readonly queries: readonly number[];
}

export function tallyOf(outcomes: Outcomes): Tally {
  const counts = new Map<string, { right: number; queries: number }>();
  outcomes.truth.forEach((species, i) => {
    const count = counts.get(species) ?? { right: 0, queries: 0 };
    count.queries++;
    if (outcomes.place[i] === 0) count.right++;
    counts.set(species, count);
  });
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    species: sorted.map(([name]) => name),
    right: sorted.map(([, { right }]) => right),
    queries: sorted.map(([, { queries }]) => queries),
  };
}

/** A tally as outcomes again, with made-up query ids: equal tallies of queries are paired by eval's bootstrap. */
export function outcomesOf({ species, right, queries }: Tally): Outcomes {
  const truth = species.flatMap((name, i) => Array.from({ length: queries[i] as number }, () => name));
  const places = species.flatMap((_, i) =>
    Array.from({ length: queries[i] as number }, (__, query) => (query < (right[i] as number) ? 0 : -1)),
  );
  return {
    rank: 'species',
    queryIds: species.flatMap((name, i) =>
      Array.from({ length: queries[i] as number }, (_, query) => `${name}#${query}`),
    ),
    place: Int32Array.from(places),
    depth: 1,
    truth,
    unit: truth,
    genus: truth,
    hasKey: new Uint8Array(truth.length).fill(1),
    unlabelled: 0,
    abstains: new Uint8Array(truth.length),
  };
}

/** Mean over species of the share right, as scores() of eval has it. */
export function macro({ right, queries }: Tally): number {
  return right.reduce((sum, count, i) => sum + count / (queries[i] as number), 0) / right.length;
}

/** Share of queries right. */
export function micro({ right, queries }: Tally): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return total(right) / total(queries);
}

/** Rows as records of eval: the labels that are names of ranks, and the BIN. */
export function labelledRecords({ ids, labels }: AlignmentData): LabelledRecord[] {
  const known = ranks.filter((rank): rank is Rank => labels[rank] !== undefined);
  return ids.map((processId, row) => {
    const names = known.flatMap((rank) => {
      const name = labels[rank]?.[row];
      return name === undefined ? [] : [[rank, name] as const];
    });
    const bin = labels['bin']?.[row];
    return { processId, lineage: Object.fromEntries(names), ...(bin === undefined ? {} : { bin }) };
  });
}
