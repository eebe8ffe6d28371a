import type { Neighbours, ReportGrid, ReportGridCell, ReportTable } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';
import { deepestMatch } from '../retrieval/retrieval-grid.js';
import { nearestSpecies, type LookAlikes } from './confusions.js';

export interface LookAlikeGridOptions {
  readonly title: string;
  readonly labels: LabelTable;
  /** Pairs to show. Default 6. */
  readonly pairs?: number;
  /** Confused queries shown of each pair, and keys beside each. Defaults 2 and 4. */
  readonly queries?: number;
  readonly keys?: number;
  /** Picture of a specimen as a `data:` URI. */
  readonly thumbnailOf?: (id: string) => string | undefined;
}

/**
 * Look-alikes side by side (the paper's Figure 18): a confused query, the nearest keys of the species it was taken for, then the nearest of
 * its own. Frames as in every grid: the other species matches at genus, the own at species.
 */
export function lookAlikeGrid(
  lookAlikes: readonly LookAlikes[],
  neighbours: Neighbours,
  options: LookAlikeGridOptions,
): ReportGrid {
  const { title, labels, pairs = 6, queries = 2 } = options;
  const confused = lookAlikes.filter(({ kappa }) => kappa > 0).slice(0, pairs);
  const shelf = shelfOf(neighbours, labels);
  return {
    title,
    rows: confused.flatMap((pair) =>
      shelf
        .confusedQueries(pair)
        .slice(0, queries)
        .map((query) => rowOf(query, pair, neighbours, shelf, options)),
    ),
    note:
      'Left: a query that was taken for a congener. Then keys of the species that it was taken for (framed as the same genus), nearest first, and keys of its ' +
      'own species (framed as the same species); keys beyond the list of neighbours stand in key order. Pairs are those confused most above a draw from ' +
      'the keys of their genus: what is shown was chosen for being confused, and says nothing of how often that happens.',
  };
}

/** The pairs of a grid in numbers. */
export function lookAlikeTable(lookAlikes: readonly LookAlikes[], listed = 12): ReportTable {
  return {
    title: 'Congeners that are confused most',
    columns: ['species', 'taken for each other', 'queries', 'expected of a draw', 'kappa'],
    rows: lookAlikes
      .filter(({ confused }) => confused > 0)
      .slice(0, listed)
      .map(({ species, confused, queries, expected, kappa }) => [
        species.join(' and '),
        confused,
        queries,
        expected.toFixed(1),
        kappa.toFixed(2),
      ]),
    note:
      'Expected: if the nearest key were drawn from the keys of the genus. Kappa: 1 always taken for each other, 0 as a draw, below 0 told apart ' +
      'better than that. In order of confusions above the expected; few queries make a large kappa easily.',
  };
}

interface Shelf {
  readonly keySpecies: readonly (string | undefined)[];
  confusedQueries(pair: LookAlikes): number[];
}

function shelfOf(neighbours: Neighbours, labels: LabelTable): Shelf {
  const keySpecies = labelsOf(labels, neighbours.keyIds, 'species');
  const querySpecies = labelsOf(labels, neighbours.queryIds, 'species');
  return {
    keySpecies,
    confusedQueries: ({ species: [a, b] }) =>
      neighbours.queryIds.flatMap((_id, query) => {
        const [own, taken] = [querySpecies[query], nearestSpecies(neighbours, query, keySpecies)];
        return (own === a && taken === b) || (own === b && taken === a) ? [query] : [];
      }),
  };
}

function rowOf(
  query: number,
  { species: [a, b] }: LookAlikes,
  neighbours: Neighbours,
  { keySpecies }: Shelf,
  options: LookAlikeGridOptions,
): ReportGrid['rows'][number] {
  const { labels, keys = 4 } = options;
  const id = neighbours.queryIds[query] as string;
  const own = labels.labelOf(id, 'species') as string;
  const half = Math.max(1, Math.floor(keys / 2));
  const found = [own === a ? b : a, own].flatMap((species) =>
    keysNearest(neighbours, query, keySpecies, species, half).map((key) =>
      cellOf(neighbours.keyIds[key] as string, options, id),
    ),
  );
  return { query: cellOf(id, options), keys: found };
}

/** Keys of a species: those among the neighbours first, then others in key order. */
function keysNearest(
  { index, k }: Neighbours,
  query: number,
  keySpecies: readonly (string | undefined)[],
  species: string,
  count: number,
): number[] {
  const near = [...index.subarray(query * k, (query + 1) * k)].filter((key) => key >= 0 && keySpecies[key] === species);
  const all = keySpecies.flatMap((name, key) => (name === species ? [key] : []));
  return [...new Set([...near, ...all])].slice(0, count);
}

function cellOf(id: string, { labels, thumbnailOf }: LookAlikeGridOptions, query?: string): ReportGridCell {
  const image = thumbnailOf?.(id);
  const match = query === undefined ? undefined : deepestMatch(labels, query, id);
  return {
    id,
    caption: labels.labelOf(id, 'species') ?? id,
    ...(image === undefined ? {} : { image }),
    ...(match === undefined ? {} : { match }),
  };
}
