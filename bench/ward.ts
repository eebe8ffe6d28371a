/** A merge of two clusters: their smallest members, and the height at which they meet. */
interface Merge {
  readonly a: number;
  readonly b: number;
  readonly height: number;
}

/**
 * Ward's agglomerative clustering of points (n, d) by nearest-neighbour chains, O(n^2) time and memory.
 * @returns for a number of clusters, a label a point
 */
export function ward(points: readonly Float32Array[]): (clusters: number) => number[] {
  const merges = wardMerges(points).sort((x, y) => x.height - y.height);
  return (clusters) => {
    const parent = points.map((_, i) => i);
    for (const { a, b } of merges.slice(0, Math.max(0, points.length - clusters)))
      parent[root(parent, b)] = root(parent, a);
    return points.map((_, i) => root(parent, i));
  };
}

function root(parent: readonly number[], start: number): number {
  let i = start;
  while (parent[i] !== i) i = parent[i] as number;
  return i;
}

function wardMerges(points: readonly Float32Array[]): Merge[] {
  const n = points.length;
  const distance = squaredDistances(points);
  const size = new Float64Array(n).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < n - 1) {
    if (chain.length === 0) chain.push(size.findIndex((count) => count > 0));
    const last = chain[chain.length - 1] as number;
    const before = chain[chain.length - 2];
    const next = nearest(distance, size, last, before);
    if (next !== before) {
      chain.push(next);
      continue;
    }
    chain.length -= 2;
    const [a, b] = last < next ? [last, next] : [next, last];
    merges.push({ a, b, height: distance[a * n + b] as number });
    join(distance, size, a, b);
  }
  return merges;
}

function nearest(distance: Float64Array, size: Float64Array, from: number, preferred: number | undefined): number {
  const n = size.length;
  let best = preferred ?? -1;
  for (let i = 0; i < n; i++) {
    if (i === from || size[i] === 0) continue;
    if (best < 0 || (distance[from * n + i] as number) < (distance[from * n + best] as number)) best = i;
  }
  return best;
}

/** Lance and Williams' update for Ward; cluster a takes b in. */
function join(distance: Float64Array, size: Float64Array, a: number, b: number): void {
  const n = size.length;
  const [sizeA, sizeB] = [size[a] as number, size[b] as number];
  const between = distance[a * n + b] as number;
  for (let i = 0; i < n; i++) {
    const sizeI = size[i] as number;
    if (sizeI === 0 || i === a || i === b) continue;
    const sum =
      (sizeA + sizeI) * (distance[a * n + i] as number) +
      (sizeB + sizeI) * (distance[b * n + i] as number) -
      sizeI * between;
    distance[a * n + i] = distance[i * n + a] = sum / (sizeA + sizeB + sizeI);
  }
  size[a] = sizeA + sizeB;
  size[b] = 0;
}

/** (n, n) */
export function squaredDistances(points: readonly Float32Array[]): Float64Array {
  const n = points.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const a = points[i] as Float32Array;
    for (let j = 0; j < i; j++) {
      const b = points[j] as Float32Array;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += ((a[k] as number) - (b[k] as number)) ** 2;
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}
