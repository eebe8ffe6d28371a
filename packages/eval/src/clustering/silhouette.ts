import type { Rng, Tensor } from '@bioscan/core';
import { rowsAt } from '../training-rows.js';
import { requirePoints } from './cluster-points.js';

/**
 * Mean silhouette of a partition of points `(n, d)`, Euclidean: near 1 where clusters are tight and apart, 0 for a point alone in its cluster.
 * NaN with fewer than 2 clusters or with as many as points. O(n² d).
 * Source: Rousseeuw 1987.
 */
export function silhouette(x: Tensor<'float32'>, labels: ArrayLike<number>): number {
  const { rows: n, columns: d } = requirePoints(x, 1, 'silhouette');
  const codes = new Map<number, number>();
  const code = Int32Array.from({ length: n }, (_, i) => {
    const label = labels[i] as number;
    codes.set(label, codes.get(label) ?? codes.size);
    return codes.get(label) as number;
  });
  if (codes.size < 2 || codes.size >= n) return Number.NaN;
  const sizes = new Float64Array(codes.size);
  for (const one of code) sizes[one] = (sizes[one] as number) + 1;
  const sums = new Float64Array(codes.size);
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let a = i * d, b = j * d; a < (i + 1) * d; a++, b++) {
        square += ((x.data[a] as number) - (x.data[b] as number)) ** 2;
      }
      const other = code[j] as number;
      sums[other] = (sums[other] as number) + Math.sqrt(square);
    }
    total += widthOf(sums, sizes, code[i] as number);
  }
  return total / n;
}

/** (nearest other cluster - own) / the larger of both mean distances. */
function widthOf(sums: Float64Array, sizes: Float64Array, own: number): number {
  const size = sizes[own] as number;
  if (size === 1) return 0;
  const inside = (sums[own] as number) / (size - 1);
  let outside = Infinity;
  sums.forEach((sum, c) => {
    if (c !== own) outside = Math.min(outside, sum / (sizes[c] as number));
  });
  const larger = Math.max(inside, outside);
  return larger === 0 ? 0 : (outside - inside) / larger;
}

export interface EstimateClustersOptions {
  readonly rng: Rng;
  /** Points of the silhouette, drawn at random. Default 2,000. */
  readonly sample?: number;
  /** Numbers of clusters to try; default a geometric series of 24 from 2 to half the points. */
  readonly candidates?: readonly number[];
}

/** The number of clusters with the largest silhouette on a sample of the points, the smallest among equals, and all that were tried. */
export async function estimateClusters(
  x: Tensor<'float32'>,
  partition: (clusters: number) => Int32Array | Promise<Int32Array>,
  { rng, sample = 2000, candidates }: EstimateClustersOptions,
): Promise<{ readonly clusters: number; readonly tried: readonly { clusters: number; silhouette: number }[] }> {
  const [n = 0] = x.shape;
  const all = rng.split('silhouette').shuffle(Array.from({ length: n }, (_, i) => i));
  const chosen = all.slice(0, sample).sort((a, b) => a - b);
  const points = rowsAt(x, chosen);
  const tried: { clusters: number; silhouette: number }[] = [];
  let best = { clusters: 1, silhouette: -Infinity };
  for (const clusters of candidates ?? series(2, Math.floor(n / 2))) {
    const labels = await partition(clusters);
    const one = {
      clusters,
      silhouette: silhouette(
        points,
        chosen.map((i) => labels[i] as number),
      ),
    };
    tried.push(one);
    if (one.silhouette > best.silhouette) best = one;
  }
  return { clusters: best.clusters, tried };
}

function series(from: number, to: number, steps = 24): number[] {
  const values = Array.from({ length: steps }, (_, i) => Math.round(from * (to / from) ** (i / (steps - 1))));
  return [...new Set(values)].filter((value) => value >= from && value <= to);
}
