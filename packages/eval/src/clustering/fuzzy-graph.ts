import type { NearestPoints } from './nearest-points.js';

/** Weighted edges in both directions, by head and then by tail. */
export interface FuzzyGraph {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** In (0, 1]. */
  readonly weights: Float32Array;
}

/**
 * UMAP's neighbour graph: each point's distances are scaled so that its nearest neighbour has similarity 1 and all sum to log2(k), then both
 * directions are joined, p + q - pq.
 * Source: McInnes, Healy & Melville 2018, "UMAP", algorithms 2 and 3.
 */
export function fuzzyGraph(nearest: NearestPoints): FuzzyGraph {
  const { index, k } = nearest;
  const n = index.length / k;
  const own = similarities(nearest);
  const forward = sortedRows(index, own, n, k);
  const backward = transposed(forward, n);
  const [heads, tails, weights] = [[], [], []] as [number[], number[], number[]];
  for (let i = 0; i < n; i++) {
    let [f, b] = [forward.start[i] as number, backward.start[i] as number];
    const [fEnd, bEnd] = [forward.start[i + 1] as number, backward.start[i + 1] as number];
    while (f < fEnd || b < bEnd) {
      const [there, back] = [
        f < fEnd ? (forward.column[f] as number) : n,
        b < bEnd ? (backward.column[b] as number) : n,
      ];
      const tail = Math.min(there, back);
      const p = there === tail ? (forward.value[f++] as number) : 0;
      const q = back === tail ? (backward.value[b++] as number) : 0;
      const weight = p + q - p * q;
      if (weight <= 0) continue;
      heads.push(i);
      tails.push(tail);
      weights.push(weight);
    }
  }
  return { heads: Int32Array.from(heads), tails: Int32Array.from(tails), weights: Float32Array.from(weights) };
}

/** `(n, k)`; 0 for the point itself. */
function similarities({ index, distance, k }: NearestPoints): Float64Array {
  const overall = distance.reduce((sum, value) => sum + value, 0) / distance.length;
  const values = new Float64Array(index.length);
  for (let start = 0; start < index.length; start += k) {
    const row = distance.subarray(start, start + k);
    const nearest = row.find((value) => value > 0) ?? 0;
    const mean = row.reduce((sum, value) => sum + value, 0) / k;
    const scale = Math.max(scaleOf(row, nearest, Math.log2(k)), 1e-3 * (nearest > 0 ? mean : overall));
    for (let at = 0; at < k; at++) {
      const beyond = (row[at] as number) - nearest;
      const similarity = beyond <= 0 || scale === 0 ? 1 : Math.exp(-beyond / scale);
      values[start + at] = index[start + at] === start / k ? 0 : similarity;
    }
  }
  return values;
}

/** The scale at which the similarities of the others sum to `target`, by bisection. */
function scaleOf(row: Float64Array, nearest: number, target: number): number {
  let [low, high, scale] = [0, Infinity, 1];
  for (let round = 0; round < 64; round++) {
    let sum = 0;
    for (let at = 1; at < row.length; at++) {
      const beyond = (row[at] as number) - nearest;
      sum += beyond > 0 ? Math.exp(-beyond / scale) : 1;
    }
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) high = scale;
    else low = scale;
    scale = high === Infinity ? scale * 2 : (low + high) / 2;
  }
  return scale;
}

interface SparseRows {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

function sortedRows(index: Int32Array, values: Float64Array, n: number, k: number): SparseRows {
  const column = new Int32Array(n * k);
  const value = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const order = Array.from({ length: k }, (_, at) => i * k + at).sort(
      (a, b) => (index[a] as number) - (index[b] as number),
    );
    order.forEach((from, at) => {
      column[i * k + at] = index[from] as number;
      value[i * k + at] = values[from] as number;
    });
  }
  return { start: Int32Array.from({ length: n + 1 }, (_, i) => i * k), column, value };
}

function transposed({ start, column, value }: SparseRows, n: number): SparseRows {
  const counts = new Int32Array(n + 1);
  for (const at of column) counts[at + 1] = (counts[at + 1] as number) + 1;
  for (let i = 0; i < n; i++) counts[i + 1] = (counts[i + 1] as number) + (counts[i] as number);
  const free = counts.slice();
  const [rows, values] = [new Int32Array(column.length), new Float64Array(column.length)];
  for (let i = 0; i < n; i++) {
    for (let at = start[i] as number; at < (start[i + 1] as number); at++) {
      const to = free[column[at] as number] as number;
      free[column[at] as number] = to + 1;
      rows[to] = i;
      values[to] = value[at] as number;
    }
  }
  return { start: counts, column: rows, value: values };
}
