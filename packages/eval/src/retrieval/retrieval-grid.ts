import { BioscanError, ranks, type Neighbours, type Rank, type ReportGrid, type ReportGridCell } from '@bioscan/core';
import type { LabelTable } from '../label-table.js';

export interface RetrievalGridOptions {
  readonly title: string;
  readonly labels: LabelTable;
  /** Ids of the queries to show. */
  readonly queries: readonly string[];
  /** Keys a query. Default 5. */
  readonly k?: number;
  /** Picture of a specimen as a `data:` URI. */
  readonly thumbnailOf?: (id: string) => string | undefined;
}

/** Queries and their nearest keys as a grid, each key marked with the deepest rank at which its name is the query's (the paper's Figure 9). */
export function retrievalGrid(neighbours: Neighbours, options: RetrievalGridOptions): ReportGrid {
  const { title, queries, k = 5 } = options;
  const rowOf = new Map(neighbours.queryIds.map((id, row) => [id, row]));
  return {
    title,
    rows: queries.map((id) => {
      const row = rowOf.get(id);
      if (row === undefined) {
        throw new BioscanError('not-found', `eval: retrieval grid, got '${id}', expected one of the queries`, { id });
      }
      const start = row * neighbours.k;
      const found = [...neighbours.index.subarray(start, start + Math.min(k, neighbours.k))].filter((key) => key >= 0);
      const keys = found.map((key) => cellOf(neighbours.keyIds[key] as string, options, id));
      return { query: cellOf(id, options), keys };
    }),
    note: 'Frames: the deepest rank at which query and key bear the same name. A name that either lacks matches nothing.',
  };
}

/** The deepest rank at which two records have the same name; undefined where they share none. */
export function deepestMatch(labels: LabelTable, a: string, b: string): Rank | undefined {
  return ranks.findLast((rank) => {
    const name = labels.labelOf(a, rank);
    return name !== undefined && name === labels.labelOf(b, rank);
  });
}

function cellOf(id: string, { labels, thumbnailOf }: RetrievalGridOptions, query?: string): ReportGridCell {
  const deepest = ranks.findLast((rank) => labels.labelOf(id, rank) !== undefined);
  const image = thumbnailOf?.(id);
  const match = query === undefined ? undefined : deepestMatch(labels, query, id);
  return {
    id,
    caption: (deepest === undefined ? undefined : labels.labelOf(id, deepest)) ?? id,
    ...(image === undefined ? {} : { image }),
    ...(match === undefined ? {} : { match }),
  };
}
