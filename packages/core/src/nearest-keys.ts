import type { Tensor } from './tensor.js';
import { BioscanError } from './errors.js';

/** Key vectors in memory: float32, or 8-bit codes with one scale a row. */
export interface KeyMatrix {
  readonly dimension: number;
  /** `(n, dimension)` */
  readonly values: Float32Array | Int8Array;
  /** `(n)`; present with codes: a row is its codes times its scale. */
  readonly scales?: Float32Array;
}

/** The k nearest keys of each query, nearest first; equal scores stand in key order. Fewer than k keys: index -1 and score NaN. */
export interface NearestKeys {
  readonly k: number;
  /** `(q, k)` */
  readonly index: Int32Array;
  /** `(q, k)`, dot products */
  readonly score: Float32Array;
}

/** Keys that are widened and multiplied together: about half a megabyte at 256 dimensions. */
const blockRows = 512;

/**
 * Exact search by dot product (cosine where rows have length 1), in plain TypeScript and in blocks. NaN is never near.
 * Cost: queries x keys x dimension; queries in fours share the loading of keys. Memory beyond the result: one block.
 * @throws BioscanError `mismatch` when queries are not of the keys' dimension
 */
export function nearestKeys(keys: KeyMatrix, queries: Tensor<'float32'>, k: number): NearestKeys {
  const { dimension } = keys;
  const [rows = 0, columns] = queries.shape;
  if (queries.shape.length !== 2 || columns !== dimension) {
    const shape = queries.shape.join(', ');
    throw new BioscanError('mismatch', `core: queries, got (${shape}), expected (n, ${dimension}) as the keys are`);
  }
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`core: k, got ${k}, expected a whole number from 1`);
  const count = keys.values.length / dimension;
  const index = new Int32Array(rows * k).fill(-1);
  const score = new Float32Array(rows * k).fill(Number.NaN);
  const block = new Float32Array(Math.min(blockRows, count) * dimension);
  const four = new Float32Array(4 * Math.min(blockRows, count));
  for (let first = 0; first < count; first += blockRows) {
    const size = Math.min(blockRows, count - first);
    widen(block, keys, first, size);
    for (let query = 0; query < rows; query += 4) {
      if (query + 1 === rows) scoreOne(four, block, size, queries.data, query, dimension);
      else scoreFour(four, block, size, queries.data, query, rows, dimension);
      for (let lane = 0; lane < Math.min(4, rows - query); lane++) {
        keepBest(index, score, (query + lane) * k, k, four, lane, size, first);
      }
    }
  }
  return { k, index, score };
}

function widen(block: Float32Array, { values, scales, dimension }: KeyMatrix, first: number, size: number): void {
  block.set(values.subarray(first * dimension, (first + size) * dimension));
  if (scales === undefined) return;
  for (let row = 0; row < size; row++) {
    const scale = scales[first + row] as number;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) block[i] = (block[i] as number) * scale;
  }
}

/** Dot products of up to four queries with each key of a block: (size, 4). Four, so that a key is loaded once for four products. */
function scoreFour(
  scores: Float32Array,
  block: Float32Array,
  size: number,
  queries: Float32Array,
  query: number,
  rows: number,
  d: number,
): void {
  const at = [0, 1, 2, 3].map((lane) => Math.min(query + lane, rows - 1) * d) as [number, number, number, number];
  const [p, q, r, s] = at;
  for (let key = 0; key < size; key++) {
    let [a, b, c, e] = [0, 0, 0, 0];
    const start = key * d;
    for (let i = 0; i < d; i++) {
      const value = block[start + i] as number;
      a += value * (queries[p + i] as number);
      b += value * (queries[q + i] as number);
      c += value * (queries[r + i] as number);
      e += value * (queries[s + i] as number);
    }
    scores[4 * key] = a;
    scores[4 * key + 1] = b;
    scores[4 * key + 2] = c;
    scores[4 * key + 3] = e;
  }
}

/** Dot products of one query with each key of a block, in the first of four lanes; four sums, so that additions need not wait. */
function scoreOne(
  scores: Float32Array,
  block: Float32Array,
  size: number,
  queries: Float32Array,
  query: number,
  d: number,
): void {
  const whole = d - (d % 4);
  for (let key = 0; key < size; key++) {
    let [a, b, c, e] = [0, 0, 0, 0];
    let [at, p] = [key * d, query * d];
    const last = at + whole;
    for (; at < last; at += 4, p += 4) {
      a += (block[at] as number) * (queries[p] as number);
      b += (block[at + 1] as number) * (queries[p + 1] as number);
      c += (block[at + 2] as number) * (queries[p + 2] as number);
      e += (block[at + 3] as number) * (queries[p + 3] as number);
    }
    for (let i = whole; i < d; i++) a += (block[key * d + i] as number) * (queries[query * d + i] as number);
    scores[4 * key] = a + b + c + e;
  }
}

/** Sorts the scores of one query's block into its list of k. A later key must be nearer to go before an earlier one. */
function keepBest(
  index: Int32Array,
  score: Float32Array,
  start: number,
  k: number,
  four: Float32Array,
  lane: number,
  size: number,
  first: number,
): void {
  const last = start + k - 1;
  for (let key = 0; key < size; key++) {
    const value = four[4 * key + lane] as number;
    if (Number.isNaN(value) || ((index[last] as number) >= 0 && value <= (score[last] as number))) continue;
    let slot = last;
    while (slot > start && ((index[slot - 1] as number) < 0 || (score[slot - 1] as number) < value)) {
      score[slot] = score[slot - 1] as number;
      index[slot] = index[slot - 1] as number;
      slot--;
    }
    score[slot] = value;
    index[slot] = first + key;
  }
}
