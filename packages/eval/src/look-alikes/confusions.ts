import type { Neighbours } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';

/** Two species of one genus that an encoder takes for each other. */
export interface LookAlikes {
  readonly genus: string;
  /** In order of name. */
  readonly species: readonly [string, string];
  /** Queries of either whose nearest key is of the other, and all their queries. */
  readonly confused: number;
  readonly queries: number;
  /**
   * Confusions if the nearest key were drawn from the keys of the genus, both species and all others among them: the sum over queries of the other
   * species' share of these keys, less the query itself where it is a key too.
   */
  readonly expected: number;
  /** (confused - expected) / (queries - expected): 1 always confused, 0 as a draw inside the genus, below 0 told apart. */
  readonly kappa: number;
}

/**
 * Counts which congeners the nearest keys confuse, most above chance first. Chance is a draw from the keys of the genus, so that a common species
 * is not a look-alike of everything; pairs that are confused no more than that stay in the list, at its end.
 * Queries without a species, or whose species has no key beside themselves, take no part: these can only be taken for another. So do those whose genus
 * has keys of one species only.
 */
export function confusedCongeners(neighbours: Neighbours, labels: LabelTable): LookAlikes[] {
  const { queryIds, keyIds } = neighbours;
  const [querySpecies, queryGenus] = [labelsOf(labels, queryIds, 'species'), labelsOf(labels, queryIds, 'genus')];
  const [keySpecies, keyGenus] = [labelsOf(labels, keyIds, 'species'), labelsOf(labels, keyIds, 'genus')];
  const keysOf = keysByGenus(keySpecies, keyGenus);
  const isKey = new Set(keyIds);
  const pairs = new Map<
    string,
    { genus: string; species: [string, string]; confused: number; queries: number; expected: number }
  >();
  queryIds.forEach((id, query) => {
    const [own, genus] = [querySpecies[query], queryGenus[query]];
    const keys = genus === undefined ? undefined : keysOf.get(genus);
    if (own === undefined || genus === undefined || keys === undefined) return;
    const itself = isKey.has(id) ? 1 : 0;
    if ((keys.get(own) ?? 0) <= itself) return;
    const total = [...keys.values()].reduce((sum, count) => sum + count, 0) - itself;
    const nearest = nearestSpecies(neighbours, query, keySpecies);
    for (const [other, count] of keys) {
      if (other === own) continue;
      const species: [string, string] = own < other ? [own, other] : [other, own];
      const name = species.join('\t');
      const pair = pairs.get(name) ?? { genus, species, confused: 0, queries: 0, expected: 0 };
      pairs.set(name, pair);
      pair.queries++;
      pair.expected += count / total;
      if (nearest === other) pair.confused++;
    }
  });
  return [...pairs.values()]
    .map((pair) => ({ ...pair, kappa: kappaOf(pair) }))
    .sort((a, b) => excess(b) - excess(a) || (a.species.join() < b.species.join() ? -1 : 1));
}

function keysByGenus(
  species: readonly (string | undefined)[],
  genera: readonly (string | undefined)[],
): Map<string, Map<string, number>> {
  const keys = new Map<string, Map<string, number>>();
  species.forEach((name, i) => {
    const genus = genera[i];
    if (name === undefined || genus === undefined) return;
    const own = keys.get(genus) ?? new Map<string, number>();
    keys.set(genus, own.set(name, (own.get(name) ?? 0) + 1));
  });
  return keys;
}

/** Species of the nearest key that has one. */
export function nearestSpecies(
  { index, k }: Neighbours,
  query: number,
  keySpecies: readonly (string | undefined)[],
): string | undefined {
  for (let at = query * k; at < (query + 1) * k; at++) {
    const key = index[at] as number;
    const name = key < 0 ? undefined : keySpecies[key];
    if (name !== undefined) return name;
  }
  return undefined;
}

function kappaOf({ confused, queries, expected }: Pick<LookAlikes, 'confused' | 'queries' | 'expected'>): number {
  return queries === expected ? 0 : (confused - expected) / (queries - expected);
}

function excess({ confused, expected }: Pick<LookAlikes, 'confused' | 'expected'>): number {
  return confused - expected;
}
