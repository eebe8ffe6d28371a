import { BioscanError, type Tensor } from '@bioscan/core';
import { breath } from './breath.js';
import { requirePoints } from './cluster-points.js';
import { dendrogram, type Dendrogram } from './dendrogram.js';
import type { LinkageOptions } from './ward.js';

/** 1.6 GB of distances; more points need Ward. */
const largest = 20_000;

/**
 * Average linkage (UPGMA) of points `(n, d)` by nearest-neighbour chains over all Euclidean distances: O(n² d) time, 4 n² bytes.
 * @throws BioscanError `unsupported` above 20,000 points
 */
export async function averageLinkage(
  x: Tensor<'float32'>,
  { signal, onProgress }: LinkageOptions = {},
): Promise<Dendrogram> {
  const { rows } = requirePoints(x, 1, 'average linkage');
  if (rows > largest) {
    throw new BioscanError(
      'unsupported',
      `eval: average linkage, got ${rows} points, expected at most ${largest} (it keeps all distances); use ward, or a sample`,
    );
  }
  const distances = await allDistances(x, signal);
  const sizes = new Float64Array(rows).fill(1);
  const active = Int32Array.from({ length: rows }, (_, i) => i);
  const merges = new Int32Array(2 * (rows - 1));
  const heights = new Float64Array(rows - 1);
  const chain: number[] = [];
  const breathe = breath(signal, 'eval: average linkage');
  let left = rows;
  for (let done = 0; done < rows - 1;) {
    if (chain.length === 0) chain.push(active[0] as number);
    const last = chain[chain.length - 1] as number;
    const before = chain[chain.length - 2];
    const next = nearest(distances, rows, active.subarray(0, left), last, before);
    if (next !== before) {
      chain.push(next);
      continue;
    }
    chain.length -= 2;
    const [a, b] = last < next ? [last, next] : [next, last];
    merges.set([a, b], 2 * done);
    heights[done++] = distances[a * rows + b] as number;
    left = join(distances, rows, active.subarray(0, left), sizes, a, b);
    const pause = breathe();
    if (pause !== undefined) {
      onProgress?.(done, rows - 1);
      await pause;
    }
  }
  return dendrogram(rows, merges, heights);
}

/** The nearest active cluster: of equals the one before in the chain, then the lowest number. */
function nearest(
  distances: Float32Array,
  n: number,
  active: Int32Array,
  from: number,
  before: number | undefined,
): number {
  let best = before ?? -1;
  let least = before === undefined ? Infinity : (distances[from * n + before] as number);
  for (const i of active) {
    if (i === from) continue;
    const distance = distances[from * n + i] as number;
    if (distance < least) {
      best = i;
      least = distance;
    }
  }
  return best;
}

/** Cluster a takes b in; the rest stays in order of number. */
function join(
  distances: Float32Array,
  n: number,
  active: Int32Array,
  sizes: Float64Array,
  a: number,
  b: number,
): number {
  const [sizeA, sizeB] = [sizes[a] as number, sizes[b] as number];
  let kept = 0;
  for (const i of active) {
    if (i === b) continue;
    active[kept++] = i;
    if (i === a) continue;
    const sum = sizeA * (distances[a * n + i] as number) + sizeB * (distances[b * n + i] as number);
    distances[a * n + i] = distances[i * n + a] = sum / (sizeA + sizeB);
  }
  sizes[a] = sizeA + sizeB;
  return kept;
}

/** `(n, n)` */
async function allDistances({ data, shape }: Tensor<'float32'>, signal?: AbortSignal): Promise<Float32Array> {
  const [n = 0, d = 0] = shape;
  const out = new Float32Array(n * n);
  const breathe = breath(signal, 'eval: average linkage');
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let a = i * d, b = j * d; a < (i + 1) * d; a++, b++) {
        const off = (data[a] as number) - (data[b] as number);
        sum += off * off;
      }
      out[i * n + j] = out[j * n + i] = Math.sqrt(sum);
    }
    await breathe();
  }
  return out;
}
