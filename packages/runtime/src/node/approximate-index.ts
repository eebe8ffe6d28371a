import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { BioscanError, throwIfCancelled, type Embeddings, type Neighbours, type Runtime } from '@bioscan/core';
import type { Index } from 'usearch';
import { exactNeighbours } from '../neighbours/exact-neighbours.js';
import { neighbourRecall, type NeighbourRecall } from '../neighbours/neighbour-recall.js';
import { rowBlocks, type RowBlock } from '../neighbours/row-blocks.js';

export interface ApproximateIndexOptions {
  /** How keys are stored: 4, 2 or 1 bytes a number. Default `float32`. */
  readonly storage?: 'float32' | 'float16' | 'int8';
  /** Links a key; default 16. More: better recall, more memory. */
  readonly connectivity?: number;
  /** Candidates looked at when adding; default 128. */
  readonly expansionAdd?: number;
  /** Candidates looked at when searching; default 64. */
  readonly expansionSearch?: number;
  /** Default: one. With more, the index and so its ties differ from run to run. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** A searchable graph over keys (HNSW, by usearch). Searches block the thread they are called on. */
export interface ApproximateIndex {
  readonly dimension: number;
  readonly keyIds: readonly string[];
  readonly storage: 'float32' | 'float16' | 'int8';
  /** The k nearest keys by cosine, most of them: see `recall`. Ties stand in key order. */
  search(queries: Embeddings, k: number): Promise<Neighbours>;
  /** What exact search finds and this index too, of these queries (some hundreds will do). `keys` as the index was built from. */
  recall(runtime: Runtime, queries: Embeddings, keys: Embeddings, k: number): Promise<NeighbourRecall>;
  /** Writes `path` and `path`.json with the ids. */
  save(path: string): Promise<void>;
}

interface Settings {
  readonly dimension: number;
  readonly storage: 'float32' | 'float16' | 'int8';
  readonly connectivity: number;
  readonly expansionAdd: number;
  readonly expansionSearch: number;
}

/**
 * Builds an index over keys by cosine, block by block. For millions of keys, where exact search takes minutes.
 * Memory: keys x (dimension x bytes of the storage + about 8 x connectivity). Needs the optional peer `usearch` 2.25 or later.
 * @throws BioscanError `unsupported` without usearch, `bad-input` for values that are not finite
 */
export async function buildApproximateIndex(
  keys: Embeddings,
  options: ApproximateIndexOptions = {},
): Promise<ApproximateIndex> {
  const { storage = 'float32', connectivity = 16, expansionAdd = 128, expansionSearch = 64 } = options;
  const { threads = 1, signal } = options;
  const settings: Settings = { dimension: keys.dimension, storage, connectivity, expansionAdd, expansionSearch };
  const index = await openIndex(settings);
  const keyIds: string[] = [];
  for await (const block of rowBlocks(keys, { size: 4096, metric: 'cosine' })) {
    throwIfCancelled(signal, 'runtime: approximate index');
    const from = keyIds.length;
    index.add(
      BigUint64Array.from(block.ids, (_, i) => BigInt(from + i)),
      filled(block, keys.dimension),
      threads,
    );
    for (const id of block.ids) keyIds.push(id);
  }
  return approximateIndex(index, keyIds, settings, threads);
}

/** Reads an index that `save` wrote. @throws BioscanError `not-found`, `bad-file` */
export async function readApproximateIndex(
  path: string,
  options: Pick<ApproximateIndexOptions, 'threads'> = {},
): Promise<ApproximateIndex> {
  const { threads = 1 } = options;
  let text: string;
  try {
    text = await readFile(`${path}.json`, 'utf8');
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `runtime: approximate index, got no '${path}.json', expected it beside the index`,
      { file: path },
      { cause },
    );
  }
  const { keyIds, sha256, ...settings } = JSON.parse(text) as Settings & Saved;
  // The library does not check what it reads: a damaged file ends the process.
  if (!existsSync(path) || (await fileHash(path)) !== sha256) {
    throw new BioscanError(
      'bad-file',
      `runtime: approximate index, '${path}' is not the file that was saved with '${path}.json'; build it again`,
      { file: path },
    );
  }
  const index = await openIndex(settings);
  index.load(path);
  return approximateIndex(index, keyIds, settings, threads);
}

interface Saved {
  readonly keyIds: readonly string[];
  /** Of the index file. */
  readonly sha256: string;
}

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}

async function openIndex(settings: Settings): Promise<Index> {
  let library: typeof import('usearch');
  try {
    library = await import('usearch');
  } catch (cause) {
    throw new BioscanError(
      'unsupported',
      'runtime: approximate search, got no usearch, expected it to be installed; npm install usearch, or use exactNeighbours',
      {},
      { cause },
    );
  }
  const { Index, MetricKind, ScalarKind } = library;
  const quantization = { float32: ScalarKind.F32, float16: ScalarKind.F16, int8: ScalarKind.I8 }[settings.storage];
  return new Index({
    dimensions: settings.dimension,
    metric: MetricKind.Cos,
    quantization,
    connectivity: settings.connectivity,
    expansion_add: settings.expansionAdd,
    expansion_search: settings.expansionSearch,
    multi: false,
  });
}

function approximateIndex(
  index: Index,
  keyIds: readonly string[],
  settings: Settings,
  threads: number,
): ApproximateIndex {
  const { dimension, storage } = settings;
  const search = async (queries: Embeddings, k: number): Promise<Neighbours> => {
    requireSearch(queries, dimension, k);
    const queryIds: string[] = [];
    const parts: Pick<Neighbours, 'index' | 'score'>[] = [];
    for await (const block of rowBlocks(queries, { size: 1024, metric: 'cosine' })) {
      for (const id of block.ids) queryIds.push(id);
      parts.push(searchBlock(index, block, { dimension, k, threads, keys: keyIds.length }));
    }
    const joined = { index: new Int32Array(queryIds.length * k), score: new Float32Array(queryIds.length * k) };
    parts.forEach((part, i) => {
      joined.index.set(part.index, i * 1024 * k);
      joined.score.set(part.score, i * 1024 * k);
    });
    return { queryIds, keyIds, k, ...joined, higherIsNearer: true };
  };
  return {
    dimension,
    keyIds,
    storage,
    search,
    async recall(runtime, queries, keys, k) {
      return neighbourRecall(
        await search(queries, k),
        await exactNeighbours(runtime, queries, keys, { k, metric: 'cosine' }),
      );
    },
    async save(path) {
      index.save(path);
      await writeFile(`${path}.json`, JSON.stringify({ ...settings, keyIds, sha256: await fileHash(path) }));
    },
  };
}

function searchBlock(
  index: Index,
  block: RowBlock,
  { dimension, k, threads, keys }: { dimension: number; k: number; threads: number; keys: number },
): Pick<Neighbours, 'index' | 'score'> {
  const rows = block.ids.length;
  const found = { index: new Int32Array(rows * k).fill(-1), score: new Float32Array(rows * k).fill(Number.NaN) };
  if (keys === 0) return found;
  const vectors = filled(block, dimension);
  // As a list of rows: for one row alone the library answers in another form.
  const matches = index.search(
    [...Array(rows).keys()].map((i) => vectors.subarray(i * dimension, (i + 1) * dimension)),
    Math.min(k, keys),
    threads,
  );
  const lists = 'counts' in matches ? Array.from({ length: rows }, (_, i) => matches.get(i)) : [matches];
  lists.forEach((list, row) => {
    const order = Array.from(list.keys, (key, i) => ({
      key: Number(key),
      score: 1 - (list.distances[i] as number),
    })).sort((a, b) => b.score - a.score || a.key - b.key);
    order.forEach(({ key, score }, at) => {
      found.index[row * k + at] = key;
      found.score[row * k + at] = score;
    });
  });
  return found;
}

function filled({ ids, data }: RowBlock, dimension: number): Float32Array {
  return data.subarray(0, ids.length * dimension);
}

function requireSearch(queries: Embeddings, dimension: number, k: number): void {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`runtime: k, got ${k}, expected 1 or more`);
  if (queries.dimension !== dimension) {
    throw new BioscanError(
      'mismatch',
      `runtime: approximate search, got queries of ${queries.dimension} dimensions and an index of ${dimension}`,
    );
  }
}
