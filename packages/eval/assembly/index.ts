// AssemblyScript: the nearest cluster under Ward's criterion, and the layout steps of UMAP, over an imported memory.
// Rows are padded with zeros to a multiple of 4 elements; every array starts at a multiple of 16 bytes.

/** How far float32 may be off before the exact distance is asked. */
const slack: f32 = 1.00002;

// @ts-ignore: decorator
@inline
function total(four: v128): f32 {
  const two = f32x4.add(four, v128.shuffle<u64>(four, four, 1, 0));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}

/** Sum of squared differences of float32 rows; gives up, above `limit`, after each 16 elements. */
// @ts-ignore: decorator
@inline
function squaredWithin(a: usize, b: usize, width: usize, limit: f32): f32 {
  const bytes = width << 2;
  const chunks = bytes & ~63;
  let sum: f32 = 0;
  let at: usize = 0;
  for (; at < chunks; at += 64) {
    const d0 = f32x4.sub(v128.load(a + at), v128.load(b + at));
    const d1 = f32x4.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    const d2 = f32x4.sub(v128.load(a + at, 32), v128.load(b + at, 32));
    const d3 = f32x4.sub(v128.load(a + at, 48), v128.load(b + at, 48));
    const low = f32x4.add(f32x4.mul(d0, d0), f32x4.mul(d1, d1));
    const high = f32x4.add(f32x4.mul(d2, d2), f32x4.mul(d3, d3));
    sum += total(f32x4.add(low, high));
    if (sum > limit) return sum;
  }
  if (at == bytes) return sum;
  let rest = f32x4.splat(0);
  for (; at < bytes; at += 16) {
    const d = f32x4.sub(v128.load(a + at), v128.load(b + at));
    rest = f32x4.add(rest, f32x4.mul(d, d));
  }
  return sum + total(rest);
}

/** Sum of squared differences of float64 rows. */
// @ts-ignore: decorator
@inline
function squaredExact(a: usize, b: usize, width: usize): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  for (let at: usize = 0; at < width << 3; at += 32) {
    const d0 = f64x2.sub(v128.load(a + at), v128.load(b + at));
    const d1 = f64x2.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    even = f64x2.add(even, f64x2.mul(d0, d0));
    odd = f64x2.add(odd, f64x2.mul(d1, d1));
  }
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * The row that is nearest to a query by size-weighted squared distance: qs / (q + s) |a - b|².
 * float32 rows sift, float64 rows decide; equal distances go to the lower id. Writes the distance to `out`.
 * @returns the position of a row nearer than `best` (or as near with a lower id than `bestId`), else -1
 */
export function nearest(
  query32: usize,
  query64: usize,
  querySize: f64,
  rows32: usize,
  rows64: usize,
  sizes: usize,
  ids: usize,
  count: i32,
  width: usize,
  skip: i32,
  best: f64,
  bestId: i32,
  out: usize,
): i32 {
  let found = -1;
  let bound: f32 = <f32>best * slack;
  for (let i: i32 = 0; i < count; i++) {
    if (i == skip) continue;
    const size = load<f64>(sizes + ((<usize>i) << 3));
    const weight = (querySize * size) / (querySize + size);
    const limit: f32 = bound / <f32>weight;
    const row: usize = <usize>i * width;
    if (squaredWithin(query32, rows32 + (row << 2), width, limit) > limit) continue;
    const distance = weight * squaredExact(query64, rows64 + (row << 3), width);
    if (distance > best) continue;
    const id = load<i32>(ids + ((<usize>i) << 2));
    if (distance == best && id >= bestId) continue;
    best = distance;
    bestId = id;
    bound = <f32>best * slack;
    found = i;
  }
  store<f64>(out, best);
  return found;
}

// @ts-ignore: decorator
@inline
function clipped(value: v128): v128 {
  return f32x4.max(f32x4.min(value, f32x4.splat(4)), f32x4.splat(-4));
}

// @ts-ignore: decorator
@inline
function squared(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const d = f32x4.sub(v128.load(a + at), v128.load(b + at));
    sum = f32x4.add(sum, f32x4.mul(d, d));
  }
  return total(sum);
}

/** base^exponent of positive base as 2^(exponent log2 base): logarithm and power by polynomials, relative error below 1e-4. */
// @ts-ignore: decorator
@inline
function power(base: f32, exponent: f32): f32 {
  const bits = reinterpret<i32>(base);
  const e: f32 = <f32>((bits >> 23) - 127);
  const m = reinterpret<f32>((bits & 0x007fffff) | 0x3f800000) - 1;
  // log2(1 + m) on [0, 1)
  const log: f32 =
    e +
    m * (1.44254494359 + m * (-0.7181452567 + m * (0.45754919692 + m * (-0.27790385 + m * (0.12303938 - m * 0.0271)))));
  const y: f32 = max<f32>(-126, min<f32>(126, exponent * log));
  const whole = floor(y);
  const f: f32 = y - whole;
  const two: f32 = 1 + f * (0.69315308 + f * (0.24015361 + f * (0.05582631 + f * (0.00898934 + f * 0.00187757))));
  return two * reinterpret<f32>((<i32>whole + 127) << 23);
}

let state: u32 = 1;

/** Seeds the negative samples; any number but 0. */
export function seed(value: u32): void {
  state = value;
}

// @ts-ignore: decorator
@inline
function next(): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/**
 * One epoch of UMAP's layout: edges whose turn has come pull their ends together, and push the head from random points.
 * @param heads, tails (edges) i32; every: epochs between turns of each edge, f32; due: epoch of the next turn, f32, updated
 */
export function layout(
  points: usize,
  count: u32,
  width: usize,
  heads: usize,
  tails: usize,
  every: usize,
  due: usize,
  edges: i32,
  epoch: f32,
  rate: f32,
  a: f32,
  b: f32,
  negatives: i32,
): void {
  const bytes = width << 2;
  for (let edge: usize = 0; edge < <usize>edges << 2; edge += 4) {
    const turn = load<f32>(due + edge);
    if (turn > epoch) continue;
    store<f32>(due + edge, turn + load<f32>(every + edge));
    const head = points + <usize>load<i32>(heads + edge) * bytes;
    const tail = points + <usize>load<i32>(tails + edge) * bytes;
    const distance = squared(head, tail, bytes);
    if (distance > 0) {
      const raised = power(distance, b);
      const pull = f32x4.splat((-2 * a * b * raised) / distance / (a * raised + 1));
      const rates = f32x4.splat(rate);
      for (let at: usize = 0; at < bytes; at += 16) {
        const x = v128.load(head + at);
        const y = v128.load(tail + at);
        const step = f32x4.mul(clipped(f32x4.mul(pull, f32x4.sub(x, y))), rates);
        v128.store(head + at, f32x4.add(x, step));
        v128.store(tail + at, f32x4.sub(y, step));
      }
    }
    for (let n = 0; n < negatives; n++) {
      const other = points + <usize>(next() % count) * bytes;
      if (other == head) continue;
      const apart = squared(head, other, bytes);
      if (apart <= 0) continue;
      const push = f32x4.splat((2 * b) / ((0.001 + apart) * (a * power(apart, b) + 1)));
      const rates = f32x4.splat(rate);
      for (let at: usize = 0; at < bytes; at += 16) {
        const x = v128.load(head + at);
        const step = f32x4.mul(clipped(f32x4.mul(push, f32x4.sub(x, v128.load(other + at)))), rates);
        v128.store(head + at, f32x4.add(x, step));
      }
    }
  }
}
