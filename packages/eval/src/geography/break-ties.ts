import type { Neighbours } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';
import type { Predictions } from '../predictions.js';

/** The species of a query's neighbours, nearest first, and what the first two are to each other. */
export interface SpeciesRanking {
  readonly queryId: string;
  readonly species: readonly string[];
  /** How much nearer the first is than the second, never negative; infinite unless they are two species of one genus. */
  readonly gap: number;
}

/** Rankings of all queries of one search. */
export interface SpeciesRankings {
  readonly rows: readonly SpeciesRanking[];
  /** Species that have a key. */
  readonly keyLabels: ReadonlySet<string>;
}

/** Above 0 for the first of two species, below 0 for the second; 0 or undefined leaves the ranking alone. */
export type Preference = (queryId: string, first: string, second: string) => number | undefined;

/** Ranks the species of each query's neighbours by their nearest key; ties stand in key order. Keys without a species are passed over. */
export function rankSpecies(neighbours: Neighbours, labels: LabelTable): SpeciesRankings {
  const { queryIds, keyIds, k, index, score } = neighbours;
  const species = labelsOf(labels, keyIds, 'species');
  const genera = labelsOf(labels, keyIds, 'genus');
  const rows = queryIds.map((queryId, query) => {
    const found = new Map<string, { readonly score: number; readonly genus: string | undefined }>();
    for (let at = query * k; at < (query + 1) * k; at++) {
      const key = index[at] as number;
      const name = key < 0 ? undefined : species[key];
      if (name !== undefined && !found.has(name)) found.set(name, { score: score[at] as number, genus: genera[key] });
    }
    const best = [...found.values()];
    const [first, second] = [best[0], best[1]];
    const congeners = first?.genus !== undefined && first.genus === second?.genus;
    return {
      queryId,
      species: [...found.keys()],
      gap: congeners ? Math.abs(first.score - second.score) : Infinity,
    };
  });
  return { rows, keyLabels: new Set(species.filter((name) => name !== undefined)) };
}

/** The rankings as predictions, with the first two exchanged where they tie within the margin and the second is preferred. */
export function breakTies({ rows, keyLabels }: SpeciesRankings, margin: number, preference: Preference): Predictions {
  const labels = rows.map(({ queryId, species, gap }) => {
    const [first, second, ...rest] = species;
    if (!(gap <= margin) || first === undefined || second === undefined) return species;
    return (preference(queryId, first, second) ?? 0) < 0 ? [second, first, ...rest] : species;
  });
  return {
    rank: 'species',
    queryIds: rows.map(({ queryId }) => queryId),
    labels,
    depth: labels.reduce((most, { length }) => Math.max(most, length), 1),
    keyLabels,
  };
}
