import {
  BioscanError,
  tensor,
  type Embeddings,
  type Neighbours,
  type Runtime,
  type Session,
  type Tensor,
  type Tensors,
} from '@bioscan/core';
import { rowBlocks, type NeighbourMetric, type RowBlock } from './row-blocks.js';
import { mergeBlock, runningBest, type RunningBest } from './running-best.js';
import { searchModel } from './search-model.js';

export interface ExactNeighboursOptions {
  readonly k: number;
  readonly metric: NeighbourMetric;
  /** Keys a block, padded to a multiple of 4,096 rows; default 4,096. */
  readonly blockSize?: number;
  /**
   * Keys of the query's own group are left out: `(id) => id` leaves the specimen itself out, `(id) => binOf.get(id)` its BIN.
   * Undefined belongs to no group.
   */
  readonly groupOf?: (id: string) => string | undefined;
}

/** Neighbours by exact search, and how many vectors were zero: their cosine with anything is 0. */
export interface ExactNeighbours extends Neighbours {
  readonly zeroVectors: { readonly queries: number; readonly keys: number };
}

/**
 * The k keys of highest cosine or dot product for each query, by comparing with every key; ties stand in key order.
 * Scores are float32, within about 1e-6 of exact for unit vectors. Fewer than k keys (after `groupOf`): index -1 and score NaN.
 * Memory: 16,384 queries, two blocks of keys and 512 x `blockSize` scores at a time; the keys are read once for each 16,384 queries.
 * @throws BioscanError `mismatch` for unequal dimensions or keys that change between readings; `bad-input` for vectors that are not finite
 */
export async function exactNeighbours(
  runtime: Runtime,
  queries: Embeddings,
  keys: Embeddings,
  { k, metric, blockSize = 4096, groupOf }: ExactNeighboursOptions,
): Promise<ExactNeighbours> {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`runtime: k, got ${k}, expected 1 or more`);
  if (!Number.isInteger(blockSize) || blockSize < 1)
    throw new RangeError(`runtime: blockSize, got ${blockSize}, expected 1 or more`);
  const { dimension } = keys;
  if (queries.dimension !== dimension) {
    throw new BioscanError(
      'mismatch',
      `runtime: neighbours, got queries of ${queries.dimension} dimensions and keys of ${dimension}`,
    );
  }
  const width = Math.min(k, blockSize);
  const paddedSize = Math.ceil(blockSize / paddingUnit) * paddingUnit;
  const model = { dimension, k: width, grouped: groupOf !== undefined };
  const sessions = new Map<number, Promise<Session>>();
  const sessionOf = (tiles: number): Promise<Session> => {
    const session = sessions.get(tiles) ?? runtime.open(searchModel({ ...model, tiles }));
    sessions.set(tiles, session);
    return session;
  };
  const search = {
    sessionOf,
    keys,
    dimension,
    k,
    width,
    metric,
    blockSize,
    paddedSize,
    groups: groupOf && groupNumbers(groupOf),
  };
  try {
    return await searchAll(search, queries);
  } finally {
    for (const session of sessions.values()) await (await session).close();
  }
}

interface Search {
  /** For runs of so many tiles of queries, opened when first asked: keys cross to the engine once a run. */
  readonly sessionOf: (tiles: number) => Promise<Session>;
  readonly keys: Embeddings;
  readonly dimension: number;
  readonly k: number;
  /** Candidates a block. */
  readonly width: number;
  readonly metric: NeighbourMetric;
  readonly blockSize: number;
  readonly paddedSize: number;
  readonly groups: ((ids: readonly string[], size: number, none: number) => Int32Array) | undefined;
}

async function searchAll(search: Search, queries: Embeddings): Promise<ExactNeighbours> {
  const { k, metric } = search;
  const queryIds: string[] = [];
  const found: RunningBest[] = [];
  let keys: KeyReading | undefined;
  let zeroQueries = 0;
  for await (const block of rowBlocks(queries, { size: heldQueries, metric })) {
    const best = runningBest(block.ids.length, k);
    const reading = await searchKeys(search, block, best);
    if (keys !== undefined && keys.ids.length !== reading.ids.length) {
      throw new BioscanError(
        'mismatch',
        `runtime: keys '${search.keys.source.id}' gave ${reading.ids.length} rows, then ${keys.ids.length}`,
      );
    }
    keys = reading;
    found.push(best);
    for (const id of block.ids) queryIds.push(id);
    zeroQueries += block.zeroVectors;
  }
  keys ??= await searchKeys(search, undefined, runningBest(0, k));
  const index = new Int32Array(queryIds.length * k);
  const score = new Float32Array(queryIds.length * k);
  found.forEach((best, position) => {
    index.set(best.index, position * heldQueries * k);
    score.set(best.score, position * heldQueries * k);
  });
  const zeroVectors = { queries: zeroQueries, keys: keys.zeroVectors };
  return { queryIds, keyIds: keys.ids, k, index, score, higherIsNearer: true, zeroVectors };
}

interface KeyReading {
  readonly ids: readonly string[];
  readonly zeroVectors: number;
}

/** One reading of the keys, block by block. */
async function searchKeys(search: Search, queries: RowBlock | undefined, best: RunningBest): Promise<KeyReading> {
  const { keys, blockSize, paddedSize, metric } = search;
  const ids: string[] = [];
  let zeroVectors = 0;
  // The next block is read while the engine works on the one before.
  let searching = Promise.resolve();
  try {
    for await (const block of rowBlocks(keys, { size: blockSize, paddedSize, metric })) {
      await searching;
      if (queries !== undefined) {
        checkOverflow(queries, block, metric);
        searching = searchBlock(search, queries, block, best, ids.length);
        searching.catch(() => undefined);
      }
      for (const id of block.ids) ids.push(id);
      zeroVectors += block.zeroVectors;
    }
  } finally {
    await searching;
  }
  return { ids, zeroVectors };
}

async function searchBlock(
  search: Search,
  queries: RowBlock,
  keys: RowBlock,
  best: RunningBest,
  offset: number,
): Promise<void> {
  const { sessionOf, dimension, paddedSize, groups, k, width } = search;
  const padding = new Float32Array(paddedSize).fill(-Infinity, keys.ids.length);
  const shared: Tensors = {
    keys: tensor('float32', [paddedSize, dimension], keys.data),
    padding: tensor('float32', [paddedSize], padding),
    ...(groups && { key_group: tensor('int32', [1, paddedSize], groups(keys.ids, paddedSize, -1)) }),
  };
  const tile = (from: number, i: number): Tensors => {
    const ids = queries.ids.slice(from, from + queriesATile);
    const vectors = queries.data.subarray(from * dimension, (from + ids.length) * dimension);
    return {
      [`queries${i}`]: tensor('float32', [ids.length, dimension], vectors),
      ...(groups && { [`query_group${i}`]: tensor('int32', [ids.length, 1], groups(ids, ids.length, -2)) }),
    };
  };
  for (let from = 0; from < queries.ids.length;) {
    const tiles = from + tilesARun * queriesATile <= queries.ids.length ? tilesARun : 1;
    const starts = Array.from({ length: tiles }, (_, i) => from + i * queriesATile);
    const session = await sessionOf(tiles);
    const found = await session.run(Object.assign({ ...shared }, ...starts.map(tile)) as Tensors);
    starts.forEach((start, i) => {
      const { data: score } = found[`score${i}`] as Tensor;
      const { data: index } = found[`index${i}`] as Tensor;
      mergeBlock(best, k, start, score as Float32Array, index as BigInt64Array, width, offset);
    });
    from += tiles * queriesATile;
  }
}

/** Dot products of huge vectors could overflow to infinity, which means "left out" here. */
function checkOverflow(queries: RowBlock, keys: RowBlock, metric: NeighbourMetric): void {
  const bound = queries.largestNorm * keys.largestNorm;
  if (metric === 'dot' && bound > 3e38) {
    throw new BioscanError(
      'bad-input',
      `runtime: dot products up to ${bound} do not fit float32; scale the vectors, or use cosine`,
    );
  }
}

/** Group names as numbers; rows without a group get `none`, which equals nothing on the other side. */
function groupNumbers(groupOf: (id: string) => string | undefined): Search['groups'] {
  const numbers = new Map<string, number>();
  return (ids, size, none) => {
    const values = new Int32Array(size).fill(none);
    ids.forEach((id, row) => {
      const group = groupOf(id);
      if (group === undefined) return;
      const number = numbers.get(group) ?? numbers.size;
      numbers.set(group, number);
      values[row] = number;
    });
    return values;
  };
}

/**
 * ONNX Runtime gives each thread some columns of a product, and sums in another order when it gets 64 or fewer of them; so blocks are
 * padded until every one of up to 51 threads has more. Then equal keys get the same bits and tie, wherever they stand.
 */
const paddingUnit = 4096;
const heldQueries = 16_384;
/** Few enough that their scores stay in the cache between product and selection. */
const queriesATile = 512;
/** Keys are copied for each run: with 4,096 queries that is little beside the product. */
const tilesARun = 8;
