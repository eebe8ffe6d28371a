import { BioscanError, tensor, type Neighbours, type Rng, type Tensor } from '@bioscan/core';
import { breath } from './breath.js';
import { requirePoints } from './cluster-points.js';
import { clusteringKernel } from './clustering-kernel.js';
import { fuzzyGraph, type FuzzyGraph } from './fuzzy-graph.js';
import { givenPoints } from './given-points.js';
import { nearestPoints, type DotSearch, type PointMetric } from './nearest-points.js';
import { principalStart } from './principal-start.js';
import type { ReduceContext, Reducer } from './reducer.js';
import { umapCurve } from './umap-curve.js';

export interface UmapOptions {
  /** Dimensions of the layout. Default 50. */
  readonly dimension?: number;
  /** Points of a neighbourhood, the point itself among them. Default 30. */
  readonly neighbours?: number;
  /** How close points may lie. Default 0. */
  readonly minDist?: number;
  /** Default Euclidean. */
  readonly metric?: PointMetric;
  /** Default 500 up to 10,000 points, else 200. */
  readonly epochs?: number;
  /** Exact search by dot product; without one plain loops, for a few thousand points. */
  readonly search?: DotSearch;
  /**
   * So many nearest points of each point, in order of the points, found elsewhere, as by alignment: they then make the graph, and the vectors only give
   * the start. `metric` and `search` are not used.
   */
  readonly nearest?: (neighbours: number) => Promise<Neighbours>;
}

/** Random points that each pull is answered with. */
const negatives = 5;

/**
 * UMAP: exact neighbours, fuzzy graph, layout by stochastic gradient steps in a WebAssembly kernel, from the principal axes.
 * The same seed gives the same layout. Differs from umap-learn in its start (that one's is spectral) and its exact neighbours.
 * Memory: 20 bytes an edge and 4 bytes a coordinate. Source: McInnes, Healy & Melville 2018.
 */
export function umap(options: UmapOptions = {}): Reducer {
  const { dimension = 50, neighbours = 30, minDist = 0, metric = 'euclidean', nearest: given } = options;
  if (!Number.isInteger(neighbours) || neighbours < 2) {
    throw new RangeError(`eval: umap needs neighbourhoods of 2 or more, got ${neighbours}`);
  }
  return {
    name: 'umap',
    settings: { dimension, neighbours, minDist, metric: given === undefined ? metric : 'given neighbours' },
    async reduce(x, context) {
      const { rows } = requirePoints(x, 1, 'umap');
      if (rows < neighbours) {
        throw new BioscanError(
          'bad-input',
          `eval: umap, got ${rows} points for neighbourhoods of ${neighbours}, expected at least as many; lower neighbours`,
        );
      }
      const { search } = options;
      const { signal } = context;
      const points =
        given === undefined
          ? await nearestPoints(x, neighbours, {
              metric,
              ...(search === undefined ? {} : { search }),
              ...(signal === undefined ? {} : { signal }),
            })
          : givenPoints(await given(neighbours), rows, neighbours);
      const graph = fuzzyGraph(points);
      const start = startingLayout(x, dimension, context.rng.split('umap:start'));
      const epochs = options.epochs ?? (rows <= 10_000 ? 500 : 200);
      return layOut(start, graph, { epochs, minDist, context });
    },
  };
}

/** Principal axes, each stretched to 0 … 10, with a little noise so that equal points can part. */
function startingLayout(x: Tensor<'float32'>, dimension: number, rng: Rng): Tensor<'float32'> {
  const { data, shape } = principalStart(x, dimension, rng);
  const [low, high] = [new Float64Array(dimension).fill(Infinity), new Float64Array(dimension).fill(-Infinity)];
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const noisy = data.map((value) => (largest === 0 ? 0 : (10 * value) / largest) + 1e-4 * rng.normal());
  noisy.forEach((value, i) => {
    low[i % dimension] = Math.min(low[i % dimension] as number, value);
    high[i % dimension] = Math.max(high[i % dimension] as number, value);
  });
  const scaled = noisy.map((value, i) => {
    const [from, to] = [low[i % dimension] as number, high[i % dimension] as number];
    return to > from ? (10 * (value - from)) / (to - from) : 0;
  });
  return tensor('float32', shape, scaled);
}

async function layOut(
  start: Tensor<'float32'>,
  graph: FuzzyGraph,
  { epochs, minDist, context }: { epochs: number; minDist: number; context: ReduceContext },
): Promise<Tensor<'float32'>> {
  const [n, d] = start.shape as [number, number];
  const width = Math.ceil(d / 4) * 4;
  const { heads, tails, every } = schedule(graph, epochs);
  const edges = heads.length;
  const { kernel, buffer, at } = clusteringKernel([n * width * 4, edges * 4, edges * 4, edges * 4, edges * 4]);
  const [pointsAt = 0, headsAt = 0, tailsAt = 0, everyAt = 0, dueAt = 0] = at;
  const points = new Float32Array(buffer, pointsAt, n * width);
  for (let i = 0; i < n; i++) points.set(start.data.subarray(i * d, (i + 1) * d), i * width);
  new Int32Array(buffer, headsAt, edges).set(heads);
  new Int32Array(buffer, tailsAt, edges).set(tails);
  new Float32Array(buffer, everyAt, edges).set(every);
  new Float32Array(buffer, dueAt, edges).set(every);
  const { a, b } = umapCurve(minDist);
  kernel.seed(1 + context.rng.split('umap:layout').integer(0xffffffff));
  const breathe = breath(context.signal, 'eval: umap');
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    kernel.layout(pointsAt, n, width, headsAt, tailsAt, everyAt, dueAt, edges, epoch, rate, a, b, negatives);
    const pause = breathe();
    if (pause !== undefined) {
      context.onProgress?.(epoch + 1, epochs);
      await pause;
    }
  }
  const out = new Float32Array(n * d);
  for (let i = 0; i < n; i++) out.set(points.subarray(i * width, i * width + d), i * d);
  return tensor('float32', [n, d], out);
}

/** Edges that are due at least once, and the epochs between their turns: the strongest each epoch. */
function schedule(
  { heads, tails, weights }: FuzzyGraph,
  epochs: number,
): { readonly heads: Int32Array; readonly tails: Int32Array; readonly every: Float32Array } {
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const kept = (_: number, i: number): boolean => (weights[i] as number) >= strongest / epochs;
  return {
    heads: heads.filter(kept),
    tails: tails.filter(kept),
    every: weights.filter(kept).map((weight) => strongest / weight),
  };
}
