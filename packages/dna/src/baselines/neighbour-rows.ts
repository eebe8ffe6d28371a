import type { Identified, Neighbours } from '@bioscan/core';

/** A key and how near it is. */
export interface Hit {
  readonly key: number;
  readonly score: number;
}

/** Collects {@link Neighbours} query by query. */
export interface NeighbourRows {
  /** The hits of a query, nearest first; those beyond k are dropped. */
  set(query: number, hits: readonly Hit[]): void;
  done(higherIsNearer: boolean): Neighbours;
}

/** Rows that start as "nothing found": index -1, score NaN. */
export function neighbourRows(
  queries: readonly Pick<Identified<unknown>, 'id'>[],
  keys: readonly Pick<Identified<unknown>, 'id'>[],
  k: number,
): NeighbourRows {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`dna: k must be a positive integer, got ${k}`);
  const index = new Int32Array(queries.length * k).fill(-1);
  const score = new Float32Array(queries.length * k).fill(Number.NaN);
  return {
    set(query, hits) {
      hits.slice(0, k).forEach((hit, slot) => {
        index[query * k + slot] = hit.key;
        score[query * k + slot] = hit.score;
      });
    },
    done: (higherIsNearer) => ({
      queryIds: queries.map(({ id }) => id),
      keyIds: keys.map(({ id }) => id),
      k,
      index,
      score,
      higherIsNearer,
    }),
  };
}
