/** The seven ranks, coarse to fine. */
export const ranks = ['phylum', 'class', 'order', 'family', 'subfamily', 'genus', 'species'] as const;
export type Rank = (typeof ranks)[number];

/** Ranks at which records are compared: the seven, and the Barcode Index Number. */
export type LabelRank = Rank | 'bin';

/** The names of one specimen at the seven ranks; a rank that is not known is absent. */
export type Lineage = Readonly<Partial<Record<Rank, string>>>;

/** A name at a rank. Homonyms under different parents are different taxa. */
export interface Taxon {
  readonly id: number;
  readonly name: string;
  /** Undefined for the root. */
  readonly rank: Rank | undefined;
  readonly parent: number | undefined;
  readonly children: readonly number[];
}

/** The tree of all names of some lineages. Node 0 is the root; parents come before their children. */
export interface Taxonomy {
  readonly taxa: readonly Taxon[];
  /** The deepest taxon of a lineage that the tree knows; the root when it knows none. */
  find(lineage: Lineage): Taxon;
  /** From the root's child down to `id`. */
  path(id: number): readonly Taxon[];
}

interface Node {
  id: number;
  name: string;
  rank: Rank | undefined;
  parent: number | undefined;
  children: number[];
  byName: Map<string, Node>;
}

/** Builds the tree of `lineages`. Ranks that a lineage lacks are skipped: its genus then hangs under its family. */
export function taxonomy(lineages: Iterable<Lineage>): Taxonomy {
  const root: Node = { id: 0, name: '', rank: undefined, parent: undefined, children: [], byName: new Map() };
  const nodes = [root];
  for (const lineage of lineages) addLineage(nodes, root, lineage);
  return {
    taxa: nodes,
    find: (lineage) => findNode(root, lineage),
    path: (id) => pathTo(nodes, id),
  };
}

function addLineage(nodes: Node[], root: Node, lineage: Lineage): void {
  let node = root;
  for (const rank of ranks) {
    const name = lineage[rank];
    if (name === undefined) continue;
    const key = `${rank}\t${name}`;
    let child = node.byName.get(key);
    if (child === undefined) {
      child = { id: nodes.length, name, rank, parent: node.id, children: [], byName: new Map() };
      node.children.push(child.id);
      node.byName.set(key, child);
      nodes.push(child);
    }
    node = child;
  }
}

function findNode(root: Node, lineage: Lineage): Node {
  let node = root;
  for (const rank of ranks) {
    const name = lineage[rank];
    if (name === undefined) continue;
    const child = node.byName.get(`${rank}\t${name}`);
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

function pathTo(nodes: readonly Node[], id: number): Node[] {
  const path: Node[] = [];
  for (let node = nodes[id]; node?.parent !== undefined; node = nodes[node.parent]) path.unshift(node);
  return path;
}

/**
 * Adds weights (votes, probabilities) given to taxa up along the tree.
 * @param weights one number a taxon, indexed by id
 * @returns at each taxon its own weight plus that of all its descendants
 */
export function treeSums(tree: Taxonomy, weights: Float64Array): Float64Array {
  const sums = Float64Array.from(weights);
  for (let id = tree.taxa.length - 1; id > 0; id--) {
    const parent = tree.taxa[id]?.parent ?? 0;
    sums[parent] = (sums[parent] ?? 0) + (sums[id] ?? 0);
  }
  return sums;
}

/** The label of a record at a rank, BIN included; absent when it has none. */
export function labelAt(
  record: { readonly lineage: Lineage; readonly bin?: string },
  rank: LabelRank,
): string | undefined {
  return rank === 'bin' ? record.bin : record.lineage[rank];
}
