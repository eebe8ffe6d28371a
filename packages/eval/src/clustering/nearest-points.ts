import { embeddingsOf, tensor, topK, type Embeddings, type Neighbours, type Tensor } from '@bioscan/core';
import { requireMatrix, unitRows } from '../matrix.js';
import { centredRows, columnMeans } from '../moments.js';
import { breath } from './breath.js';

/** The k keys of largest dot product with each query, as `exactNeighbours(runtime, queries, keys, { k, metric: 'dot' })` finds them. */
export type DotSearch = (queries: Embeddings, keys: Embeddings, k: number) => Promise<Neighbours>;

export type PointMetric = 'euclidean' | 'cosine';

/** The k nearest points of each point, itself first. */
export interface NearestPoints {
  /** `(n, k)` */
  readonly index: Int32Array;
  /** `(n, k)`, rising; cosine: 1 - cosine */
  readonly distance: Float64Array;
  readonly k: number;
}

/**
 * Exact nearest neighbours among `(n, d)`. Both metrics become dot products (Euclidean: q·k - |k|²/2), so that a fast search can be given;
 * a few more than k are asked for and their distances taken again in float64. Without a search: plain loops, O(n² d).
 */
export async function nearestPoints(
  x: Tensor<'float32'>,
  k: number,
  { metric, search = plainSearch, signal }: { metric: PointMetric; search?: DotSearch; signal?: AbortSignal },
): Promise<NearestPoints> {
  const { rows } = requireMatrix(x);
  const points = metric === 'cosine' ? unitRows(x) : centredRows(x, columnMeans(x));
  const [queries, keys] = metric === 'cosine' ? [points, points] : lifted(points);
  const found = await search(asEmbeddings(queries), asEmbeddings(keys), Math.min(rows, k + 8));
  const index = new Int32Array(rows * k);
  const distance = new Float64Array(rows * k);
  const breathe = breath(signal, 'eval: nearest points');
  for (let i = 0; i < rows; i++) {
    const candidates = [...found.index.subarray(i * found.k, (i + 1) * found.k)]
      .filter((j) => j >= 0 && j !== i)
      .map((j) => ({ j, distance: distanceOf(points, i, j, metric) }))
      .sort((a, b) => a.distance - b.distance || a.j - b.j);
    [{ j: i, distance: 0 }, ...candidates].slice(0, k).forEach((one, at) => {
      index[i * k + at] = one.j;
      distance[i * k + at] = one.distance;
    });
    await breathe();
  }
  return { index, distance, k };
}

/** Rows with a column more each, whose dot product orders as the Euclidean distance does. */
function lifted({ data, shape }: Tensor<'float32'>): [Tensor<'float32'>, Tensor<'float32'>] {
  const [n = 0, d = 0] = shape;
  const [queries, keys] = [new Float32Array(n * (d + 1)), new Float32Array(n * (d + 1))];
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * d, (i + 1) * d);
    queries.set(row, i * (d + 1));
    keys.set(row, i * (d + 1));
    queries[i * (d + 1) + d] = 1;
    keys[i * (d + 1) + d] = -row.reduce((sum, value) => sum + value * value, 0) / 2;
  }
  return [tensor('float32', [n, d + 1], queries), tensor('float32', [n, d + 1], keys)];
}

function distanceOf({ data, shape }: Tensor<'float32'>, i: number, j: number, metric: PointMetric): number {
  const d = shape[1] as number;
  let sum = 0;
  for (let a = i * d, b = j * d; a < (i + 1) * d; a++, b++) {
    const off = (data[a] as number) - (data[b] as number);
    sum += off * off;
  }
  // Of unit vectors, half the squared distance is 1 - cosine.
  return metric === 'cosine' ? sum / 2 : Math.sqrt(sum);
}

function asEmbeddings(vectors: Tensor<'float32'>): Embeddings {
  const [n = 0, dimension = 0] = vectors.shape;
  const ids = Array.from({ length: n }, (_, i) => String(i));
  return embeddingsOf({ ids, vectors }, { id: 'points', modality: 'image', dimension, settings: {} });
}

async function plainSearch(queries: Embeddings, keys: Embeddings, k: number): Promise<Neighbours> {
  const [asked, pool] = [await onlyBlock(queries), await onlyBlock(keys)];
  const [n, d] = asked.vectors.shape as [number, number];
  const index = new Int32Array(n * k);
  const score = new Float32Array(n * k);
  const scores = new Float32Array(pool.ids.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < scores.length; j++) {
      let sum = 0;
      for (let a = i * d, b = j * d; a < (i + 1) * d; a++, b++) {
        sum += (asked.vectors.data[a] as number) * (pool.vectors.data[b] as number);
      }
      scores[j] = sum;
    }
    const best = topK(scores, k);
    index.set(best.index, i * k);
    score.set(best.score, i * k);
  }
  return { queryIds: asked.ids, keyIds: pool.ids, k, index, score, higherIsNearer: true };
}

async function onlyBlock(embeddings: Embeddings): Promise<{ ids: readonly string[]; vectors: Tensor<'float32'> }> {
  for await (const block of embeddings.blocks()) return block;
  throw new RangeError('eval: nearest points, got no points');
}
