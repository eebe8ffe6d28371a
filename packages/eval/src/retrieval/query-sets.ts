import { BioscanError } from '@bioscan/core';

/**
 * Whose species the query's is: labelled in training (`seen`), only among the keys (`unseen`), nowhere (`novel`).
 * All are asked of one shared pool of keys.
 */
export type QuerySet = 'seen' | 'unseen' | 'novel';

export const querySets: readonly QuerySet[] = ['seen', 'unseen', 'novel'];

/** Ids of the queries of each set. */
export type QueryLists = Readonly<Partial<Record<QuerySet, readonly string[]>>>;

/** The set of each query id. @throws BioscanError `bad-input` for an id listed twice */
export function setOfQueries(lists: QueryLists): ReadonlyMap<string, QuerySet> {
  const sets = new Map<string, QuerySet>();
  for (const set of querySets) {
    for (const id of lists[set] ?? []) {
      const before = sets.get(id);
      if (before !== undefined) {
        throw new BioscanError(
          'bad-input',
          `eval: retrieval, got query '${id}' as ${before} and as ${set}, expected each id once; a query is of one set`,
          { id },
        );
      }
      sets.set(id, set);
    }
  }
  if (sets.size === 0) throw new BioscanError('bad-input', 'eval: retrieval, got no queries, expected ids in a set');
  return sets;
}
