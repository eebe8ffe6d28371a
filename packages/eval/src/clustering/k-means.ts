import { BioscanError, tensor, type Rng, type Tensor } from '@bioscan/core';
import { breath } from './breath.js';
import { requirePoints } from './cluster-points.js';
import { clusteringKernel } from './clustering-kernel.js';

export interface KMeansOptions {
  readonly rng: Rng;
  /** Starts; the one with the least inertia counts. Default 1. */
  readonly starts?: number;
  /** Default 300. */
  readonly maxIterations?: number;
  /** `(clusters, d)` to start from, instead of k-means++. */
  readonly centres?: Tensor<'float32'>;
  readonly signal?: AbortSignal;
}

export interface KMeans {
  readonly labels: Int32Array;
  /** `(clusters, d)` */
  readonly centres: Tensor<'float32'>;
  /** Sum of squared distances to the own centre. */
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * Lloyd's k-means of points `(n, d)` from k-means++ starts, until no point moves. A cluster that runs empty takes the point that is
 * farthest from its centre. O(n d clusters) an iteration.
 * Sources: Lloyd 1982; Arthur & Vassilvitskii 2007 (k-means++).
 * @throws BioscanError `bad-input` for fewer points than clusters
 */
export async function kMeans(x: Tensor<'float32'>, clusters: number, options: KMeansOptions): Promise<KMeans> {
  const { rng, starts = 1, centres } = options;
  if (!Number.isInteger(clusters) || clusters < 1) {
    throw new RangeError(`eval: k-means needs 1 or more clusters, got ${clusters}`);
  }
  const { rows } = requirePoints(x, 1, 'k-means');
  if (rows < clusters) {
    throw new BioscanError('bad-input', `eval: k-means, got ${rows} points for ${clusters} clusters, expected as many`);
  }
  let best: KMeans | undefined;
  for (let start = 0; start < (centres === undefined ? starts : 1); start++) {
    const first = centres?.data ?? plusPlus(x, clusters, rng.split(`k-means:${start}`));
    const found = await lloyd(x, clusters, first, options);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  if (best === undefined) throw new RangeError(`eval: k-means needs 1 or more starts, got ${starts}`);
  return best;
}

/** Each next centre is a point drawn in proportion to its squared distance to the nearest centre so far. */
function plusPlus({ data, shape }: Tensor<'float32'>, clusters: number, rng: Rng): Float32Array {
  const [n = 0, d = 0] = shape;
  const centres = new Float32Array(clusters * d);
  const least = new Float64Array(n).fill(Infinity);
  let chosen = rng.integer(n);
  for (let c = 0; c < clusters; c++) {
    centres.set(data.subarray(chosen * d, (chosen + 1) * d), c * d);
    let total = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += ((data[i * d + j] as number) - (centres[c * d + j] as number)) ** 2;
      least[i] = Math.min(least[i] as number, sum);
      total += least[i] as number;
    }
    let left = rng.uniform() * total;
    chosen = least.findIndex((weight) => (left -= weight) < 0);
    // All points stand on centres already: any will do.
    if (chosen < 0) chosen = rng.integer(n);
  }
  return centres;
}

async function lloyd(
  x: Tensor<'float32'>,
  clusters: number,
  first: Float32Array,
  { maxIterations = 300, signal }: KMeansOptions,
): Promise<KMeans> {
  const [n, d] = x.shape as [number, number];
  const { assign, centres } = assigner(x, clusters, first);
  const labels = new Int32Array(n).fill(-1);
  const distances = new Float64Array(n);
  const breathe = breath(signal, 'eval: k-means');
  let iterations = 0;
  for (let moved = true; moved && iterations < maxIterations; iterations++) {
    moved = false;
    for (let i = 0; i < n; i++) {
      const { label, distance } = assign(i);
      if (labels[i] !== label) moved = true;
      labels[i] = label;
      distances[i] = distance;
      if (i % 256 === 0) await breathe();
    }
    if (moved) centres.set(means(x, labels, distances, clusters));
  }
  for (let i = 0; i < n; i++) distances[i] = assign(i).distance;
  const inertia = distances.reduce((sum, value) => sum + value, 0);
  const values = Float32Array.from({ length: clusters * d }, (_, i) => centres.at(Math.floor(i / d), i % d));
  return { labels, centres: tensor('float32', [clusters, d], values), inertia, iterations };
}

interface Assigner {
  /** The nearest centre of a point, the first among equals, and the squared distance. */
  readonly assign: (point: number) => { readonly label: number; readonly distance: number };
  readonly centres: { set(values: ArrayLike<number>): void; at(centre: number, column: number): number };
}

function assigner({ data, shape }: Tensor<'float32'>, clusters: number, first: ArrayLike<number>): Assigner {
  const [, d = 0] = shape;
  const width = Math.ceil(d / 4) * 4;
  const row = width * clusters;
  const { kernel, buffer, at } = clusteringKernel([
    row * 4,
    row * 8,
    clusters * 8,
    clusters * 4,
    width * 4,
    width * 8,
    8,
  ]);
  const [rows32 = 0, rows64 = 0, sizes = 0, ids = 0, query32 = 0, query64 = 0, out = 0] = at;
  const [single, double] = [new Float32Array(buffer, rows32, row), new Float64Array(buffer, rows64, row)];
  new Float64Array(buffer, sizes, clusters).fill(2);
  new Int32Array(buffer, ids, clusters).forEach((_, i, all) => (all[i] = i));
  const [asked32, asked64] = [new Float32Array(buffer, query32, d), new Float64Array(buffer, query64, d)];
  const found = new Float64Array(buffer, out, 1);
  const set = (values: ArrayLike<number>): void => {
    for (let c = 0; c < clusters; c++) {
      for (let j = 0; j < d; j++) single[c * width + j] = double[c * width + j] = values[c * d + j] as number;
    }
  };
  set(first);
  return {
    assign(point) {
      const vector = data.subarray(point * d, (point + 1) * d);
      asked32.set(vector);
      asked64.set(vector);
      // Sizes of 2 and 2 weigh a distance by 1.
      const label = kernel.nearest(
        ...([query32, query64, 2, rows32, rows64, sizes, ids, clusters, width, -1, Infinity, 0x7fffffff, out] as const),
      );
      return { label, distance: found[0] as number };
    },
    centres: { set, at: (centre, column) => double[centre * width + column] as number },
  };
}

function means(x: Tensor<'float32'>, labels: Int32Array, distances: Float64Array, clusters: number): Float64Array {
  const [n, d] = x.shape as [number, number];
  fillEmpty(labels, distances, clusters);
  const sums = new Float64Array(clusters * d);
  const sizes = new Float64Array(clusters);
  for (let i = 0; i < n; i++) {
    const label = labels[i] as number;
    sizes[label] = (sizes[label] as number) + 1;
    for (let j = 0; j < d; j++) sums[label * d + j] = (sums[label * d + j] as number) + (x.data[i * d + j] as number);
  }
  return sums.map((sum, i) => sum / (sizes[Math.floor(i / d)] as number));
}

/** Gives each empty cluster the farthest point of a cluster that has several. */
function fillEmpty(labels: Int32Array, distances: Float64Array, clusters: number): void {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  sizes.forEach((size, empty) => {
    if (size > 0) return;
    let farthest = -1;
    distances.forEach((distance, i) => {
      const spare = (sizes[labels[i] as number] as number) > 1;
      if (spare && (farthest < 0 || distance > (distances[farthest] as number))) farthest = i;
    });
    sizes[labels[farthest] as number] = (sizes[labels[farthest] as number] as number) - 1;
    labels[farthest] = empty;
    distances[farthest] = 0;
    sizes[empty] = 1;
  });
}
