import {
  BioscanError,
  throwIfCancelled,
  type Embeddings,
  type LabelRank,
  type Modality,
  type Neighbours,
  type Rng,
} from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';
import type { Resampler } from '../resampler.js';
import { shortLists } from './key-predictions.js';
import { meanDirection, requireSameDimension, selectRows, stacked, withoutDirection } from './modality-gap.js';
import { setOfQueries, type QueryLists, type QuerySet } from './query-sets.js';
import { everyPair, pairName, type RetrievalPair } from './retrieval-pair.js';
import { scoreRetrieval, type PairRetrieval, type RetrievalRow } from './score-retrieval.js';

/** Finds the k nearest keys by cosine, ties in key order; `exactNeighbours` of `@bioscan/runtime` with a runtime, or an approximate index. */
export type NeighbourSearch = (queries: Embeddings, keys: Embeddings, k: number) => Promise<Neighbours>;

export type ByModality = Readonly<Partial<Record<Modality, Embeddings>>>;

/** What is compared. Queries and keys of a modality come from one encoder; a pair of modalities from encoders of one space. */
export interface RetrievalTask {
  readonly queries: ByModality;
  /** One pool for all queries, seen or not. */
  readonly keys: ByModality;
  readonly labels: LabelTable;
  /** Ids of the seen, unseen and novel queries. Rows of other ids are left out; ids without a row are counted. */
  readonly sets: QueryLists;
  readonly search: NeighbourSearch;
}

export interface RetrievalOptions {
  readonly resampler: Resampler;
  /** For chance. */
  readonly rng: Rng;
  /** Default order, family, genus, species and the BIN. */
  readonly ranks?: readonly LabelRank[];
  /** Default 1, 3 and 5. */
  readonly top?: readonly number[];
  /** Default: every query modality against every key modality. */
  readonly pairs?: readonly RetrievalPair[];
  /** Draws of chance. Default 100. */
  readonly draws?: number;
  readonly signal?: AbortSignal;
  /** Called when a pair is done. */
  readonly onPair?: (pair: RetrievalPair) => void;
}

export interface Retrieval {
  /** By pair, rank, k, then macro and micro. */
  readonly rows: readonly RetrievalRow[];
  readonly pairs: readonly PairRetrieval[];
  /** Query ids of a set that have no row, by modality. */
  readonly missing: Readonly<Partial<Record<Modality, number>>>;
  readonly warnings: readonly string[];
}

/** The published protocol (BIOSCAN-5M, Table 5): four ranks, the three pairs, one shared pool. The BIN and the reverse pair are ours. */
export const paperPairs: readonly RetrievalPair[] = [
  { query: 'dna', keys: ['dna'] },
  { query: 'image', keys: ['image'] },
  { query: 'image', keys: ['dna'] },
];

/**
 * Retrieval across modalities: for each pair, rank and k the macro and micro accuracy on seen, unseen and novel species, the harmonic mean
 * of seen and unseen inside each bootstrap replicate, and chance. Two results of one resampler are paired: see {@link compareRetrieval}.
 * Memory: that of the search, and queries x depth.
 * @throws BioscanError `mismatch` for dimensions that differ, `bad-input` for a query found by itself, `not-found` for ids without labels,
 * `cancelled` between two pairs
 */
export async function retrieval(task: RetrievalTask, options: RetrievalOptions): Promise<Retrieval> {
  const { ranks = ['order', 'family', 'genus', 'species', 'bin'], top = [1, 3, 5] } = options;
  const { pairs = everyPair(modalitiesOf(task.queries), modalitiesOf(task.keys)).filter(single) } = options;
  requireTop(top);
  const setOf = setOfQueries(task.sets);
  const missing = await countMissing(task.queries, setOf);
  const done: PairRetrieval[] = [];
  for (const pair of pairs) {
    throwIfCancelled(options.signal, 'retrieval');
    const { queries, keys } = await pairOf(task, pair, setOf);
    const neighbours = await searchDeepEnough(task, queries, keys, { ranks, depth: Math.max(...top) });
    const { resampler, rng, draws = 100 } = options;
    const { labels } = task;
    done.push(scoreRetrieval(neighbours, { pair, labels, setOf, ranks, top, resampler, rng, draws }));
    options.onPair?.(pair);
  }
  const rows = done.flatMap((one) => one.rows);
  const warnings = [...missingWarnings(missing), ...done.flatMap((one) => one.warnings)];
  return { rows, pairs: done, missing, warnings: [...new Set(warnings)] };
}

function single({ keys }: RetrievalPair): boolean {
  return keys.length === 1;
}

async function pairOf(
  { queries, keys }: RetrievalTask,
  pair: RetrievalPair,
  setOf: ReadonlyMap<string, QuerySet>,
): Promise<{ queries: Embeddings; keys: Embeddings }> {
  const asked = selectRows(need(queries, pair.query, 'queries', pair), (id) => setOf.has(id));
  const pools = pair.keys.map((modality) => need(keys, modality, 'keys', pair));
  for (const pool of pools) requireSameDimension(asked, pool);
  if (pair.gap !== 'centred') return { queries: asked, keys: stacked(pools) };
  const means = await Promise.all(pools.map(meanDirection));
  const own = means[pair.keys.indexOf(pair.query)] ?? (await meanDirection(keys[pair.query] ?? asked));
  return {
    queries: withoutDirection(asked, own),
    keys: stacked(pools.map((pool, i) => withoutDirection(pool, means[i] as Float32Array))),
  };
}

/** Searches again, deeper, while keys without a label at a rank leave lists too short; at most {@link deepest} keys a query. */
async function searchDeepEnough(
  { labels, search }: RetrievalTask,
  queries: Embeddings,
  keys: Embeddings,
  { ranks, depth }: { readonly ranks: readonly LabelRank[]; readonly depth: number },
): Promise<Neighbours> {
  for (let k = depth; ; k *= 4) {
    const neighbours = await search(queries, keys, k);
    if (k * 4 > deepest * depth || k >= neighbours.keyIds.length) return neighbours;
    if (ranks.every((rank) => shortLists(neighbours, labelsOf(labels, neighbours.keyIds, rank), depth) === 0)) {
      return neighbours;
    }
  }
}

const deepest = 16;

async function countMissing(
  queries: ByModality,
  setOf: ReadonlyMap<string, QuerySet>,
): Promise<Partial<Record<Modality, number>>> {
  const missing: Partial<Record<Modality, number>> = {};
  for (const modality of modalitiesOf(queries)) {
    let found = 0;
    for await (const { ids } of (queries[modality] as Embeddings).blocks()) {
      for (const id of ids) if (setOf.has(id)) found++;
    }
    if (found === 0) {
      throw new BioscanError(
        'mismatch',
        `eval: retrieval, got no ${modality} query with an id of the sets (${setOf.size} ids), expected the ids of both to join`,
      );
    }
    missing[modality] = setOf.size - found;
  }
  return missing;
}

function missingWarnings(missing: Retrieval['missing']): string[] {
  return Object.entries(missing).flatMap(([modality, count]) =>
    count > 0 ? [`${count} queries of the sets have no ${modality} vector and are left out of its pairs.`] : [],
  );
}

function need(all: ByModality, modality: Modality, what: string, pair: RetrievalPair): Embeddings {
  const found = all[modality];
  if (found !== undefined) return found;
  throw new BioscanError(
    'mismatch',
    `eval: retrieval of '${pairName(pair)}', got no ${modality} ${what}, expected embeddings of ${modalitiesOf(all).join(', ')} only`,
  );
}

function modalitiesOf(all: ByModality): Modality[] {
  return (['dna', 'image', 'text'] as const).filter((modality) => all[modality] !== undefined);
}

function requireTop(top: readonly number[]): void {
  if (top.length > 0 && top.every((k) => Number.isInteger(k) && k > 0)) return;
  throw new RangeError(`eval: retrieval needs top-k of positive integers, got [${top.join(', ')}]`);
}
