import { BioscanError, ranks, type Neighbours, type Rank, type ReportTree, type ReportTreeRow } from '@bioscan/core';
import type { LabelTable } from '../label-table.js';
import { deepestMatch } from './retrieval-grid.js';

export interface ConfusionTreeOptions {
  readonly title: string;
  readonly labels: LabelTable;
  /** Coarsest and finest taxa that get a line. Default order to genus. */
  readonly from?: Rank;
  readonly to?: Rank;
  /** Taxa of the finest rank shown at most, those with most queries; ancestors stand above them and count all their queries. Default 30. */
  readonly most?: number;
}

interface Taxon {
  readonly name: string;
  readonly rank: Rank;
  readonly depth: number;
  readonly queries: number[];
  readonly children: Map<string, Taxon>;
}

/**
 * Where along the tree names go wrong: each taxon's queries by the deepest rank at which their nearest key bears their name, and what the taxon is taken
 * for. A query without any hit matches nothing. Queries without a name at the finest rank shown stand under the ancestors that they name.
 */
export function confusionTree(neighbours: Neighbours, options: ConfusionTreeOptions): ReportTree {
  const { title, labels, from = 'order', to = 'genus', most = 30 } = options;
  const shown = ranks.slice(ranks.indexOf(from), ranks.indexOf(to) + 1);
  if (shown.length === 0)
    throw new RangeError(`eval: confusion tree, got ${from} to ${to}, expected a coarser to a finer rank`);
  const root: Taxon = { name: '', rank: from, depth: -1, queries: [], children: new Map() };
  neighbours.queryIds.forEach((id, query) => {
    place(root, shown, (rank) => labels.labelOf(id, rank), query);
  });
  if (root.children.size === 0) {
    throw new BioscanError(
      'bad-input',
      `eval: confusion tree, got no query with a name from ${from} to ${to}, expected some`,
    );
  }
  const finest = leavesOf(root).sort((a, b) => b.queries.length - a.queries.length);
  const kept = new Set(finest.slice(0, most));
  const left = finest.length - Math.min(most, finest.length);
  return {
    title,
    rows: linesOf(root, kept).map((taxon) => rowOf(taxon, neighbours, labels)),
    note:
      'By nearest key. The bar counts the deepest rank at which query and key bear the same name; a query that lacks a finer name can match no deeper.' +
      (left === 0 ? '' : ` ${left} smaller taxa have no line of their own; their ancestors count them.`),
  };
}

function place(root: Taxon, shown: readonly Rank[], nameAt: (rank: Rank) => string | undefined, query: number): void {
  let taxon = root;
  for (const rank of shown) {
    const name = nameAt(rank);
    if (name === undefined) continue;
    const key = `${rank}\t${name}`;
    const child: Taxon = taxon.children.get(key) ?? {
      name,
      rank,
      depth: taxon.depth + 1,
      queries: [],
      children: new Map(),
    };
    taxon.children.set(key, child);
    child.queries.push(query);
    taxon = child;
  }
}

function leavesOf(taxon: Taxon): Taxon[] {
  const children = [...taxon.children.values()];
  return children.length === 0 ? [taxon] : children.flatMap(leavesOf);
}

/** Preorder, large taxa first; taxa without a kept leaf below have no line. */
function linesOf(taxon: Taxon, kept: ReadonlySet<Taxon>): Taxon[] {
  const children = [...taxon.children.values()].sort(
    (a, b) => b.queries.length - a.queries.length || a.name.localeCompare(b.name, 'en'),
  );
  const below = children.flatMap((child) => linesOf(child, kept));
  if (taxon.depth < 0) return below;
  return kept.has(taxon) || below.length > 0 ? [taxon, ...below] : [];
}

function rowOf({ name, rank, depth, queries }: Taxon, neighbours: Neighbours, labels: LabelTable): ReportTreeRow {
  const matched: Partial<Record<Rank | 'none', number>> = {};
  const others = new Map<string, number>();
  for (const query of queries) {
    const key = neighbours.keyIds[neighbours.index[query * neighbours.k] as number];
    const deepest =
      key === undefined ? 'none' : (deepestMatch(labels, neighbours.queryIds[query] as string, key) ?? 'none');
    matched[deepest] = (matched[deepest] ?? 0) + 1;
    const other = key === undefined ? undefined : labels.labelOf(key, rank);
    if (other !== undefined && other !== name) others.set(other, (others.get(other) ?? 0) + 1);
  }
  const takenFor = [...others].map(([taken, count]) => ({ name: taken, queries: count }));
  takenFor.sort((a, b) => b.queries - a.queries || a.name.localeCompare(b.name, 'en'));
  return { name, rank, depth, queries: queries.length, matched, takenFor: takenFor.slice(0, 3) };
}
