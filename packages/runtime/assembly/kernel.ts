// AssemblyScript: optimiser updates, the gradient norm and dropout masks, in place over an imported memory.
// Every array starts at a multiple of 16 bytes and is padded with zeros to a multiple of 4 elements.

/** Sum of squares in float64: four partial sums (positions modulo 4), added in a fixed order. */
export function sumOfSquares(values: usize, length: usize): f64 {
  let even = f64x2.splat(0); // positions 0 and 1 of each four
  let odd = f64x2.splat(0); // positions 2 and 3
  const end = values + (length << 2);
  for (let at = values; at < end; at += 16) {
    const four = v128.load(at);
    const low = f64x2.promote_low_f32x4(four);
    const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(four, four, 1, 0));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * torch.optim.AdamW, one parameter. The order of the float32 operations is torch's:
 * p *= shrink; m = lerp(m, g, weight); v = v beta2 + (g rest2) g; p += (-rate m) / (sqrt(v) / root + epsilon).
 */
export function adamw(
  parameter: usize,
  gradient: usize,
  first: usize,
  second: usize,
  length: usize,
  clip: f32,
  shrink: f32,
  weight: f32,
  keep: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  root: f32,
  epsilon: f32,
): void {
  const clips = f32x4.splat(clip);
  const shrinks = f32x4.splat(shrink);
  const weights = f32x4.splat(weight);
  const keeps = f32x4.splat(keep);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const rates = f32x4.splat(-rate);
  const roots = f32x4.splat(root);
  const epsilons = f32x4.splat(epsilon);
  const fromStart = weight < 0.5;
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), clips);
    let m = v128.load(first + at);
    const difference = f32x4.sub(g, m);
    m = fromStart ? f32x4.add(m, f32x4.mul(weights, difference)) : f32x4.sub(g, f32x4.mul(difference, keeps));
    v128.store(first + at, m);
    const v = f32x4.add(f32x4.mul(v128.load(second + at), beta2s), f32x4.mul(f32x4.mul(rest2s, g), g));
    v128.store(second + at, v);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), roots), epsilons);
    const p = f32x4.mul(v128.load(parameter + at), shrinks);
    v128.store(parameter + at, f32x4.add(p, f32x4.div(f32x4.mul(rates, m), denominator)));
  }
}

/** torch.optim.SGD, one parameter: g += decay p; buffer = momentum buffer + g; p -= rate buffer. */
export function sgd(
  parameter: usize,
  gradient: usize,
  buffer: usize,
  length: usize,
  clip: f32,
  decay: f32,
  momentum: f32,
  rate: f32,
): void {
  const clips = f32x4.splat(clip);
  const decays = f32x4.splat(decay);
  const momenta = f32x4.splat(momentum);
  const rates = f32x4.splat(-rate);
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(f32x4.mul(v128.load(gradient + at), clips), f32x4.mul(decays, p));
    const b = f32x4.add(f32x4.mul(v128.load(buffer + at), momenta), g);
    v128.store(buffer + at, b);
    v128.store(parameter + at, f32x4.add(p, f32x4.mul(rates, b)));
  }
}

/**
 * Lion (Chen et al. 2023), one parameter: p *= shrink; p -= rate sign(m beta1 + g rest1); m = lerp(m, g, weight).
 */
export function lion(
  parameter: usize,
  gradient: usize,
  momentum: usize,
  length: usize,
  clip: f32,
  shrink: f32,
  beta1: f32,
  rest1: f32,
  weight: f32,
  rate: f32,
): void {
  const clips = f32x4.splat(clip);
  const shrinks = f32x4.splat(shrink);
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const weights = f32x4.splat(weight);
  const rates = f32x4.splat(-rate);
  const ones = f32x4.splat(1);
  const zeros = f32x4.splat(0);
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), clips);
    const m = v128.load(momentum + at);
    const direction = f32x4.add(f32x4.mul(m, beta1s), f32x4.mul(g, rest1s));
    const up = v128.and(f32x4.gt(direction, zeros), ones);
    const down = v128.and(f32x4.lt(direction, zeros), ones);
    const p = f32x4.mul(v128.load(parameter + at), shrinks);
    v128.store(parameter + at, f32x4.add(p, f32x4.mul(rates, f32x4.sub(up, down))));
    v128.store(momentum + at, f32x4.add(m, f32x4.mul(weights, f32x4.sub(g, m))));
  }
}

/**
 * The first half of LAMB (You et al. 2020), one parameter: moments as Adam's, then the gradient becomes the direction
 * (m / correction) / (sqrt(v) / root + epsilon) + decay p. The second half is addScaled.
 */
export function lambDirection(
  parameter: usize,
  gradient: usize,
  first: usize,
  second: usize,
  length: usize,
  clip: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction: f32,
  root: f32,
  epsilon: f32,
  decay: f32,
): void {
  const clips = f32x4.splat(clip);
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const corrections = f32x4.splat(correction);
  const roots = f32x4.splat(root);
  const epsilons = f32x4.splat(epsilon);
  const decays = f32x4.splat(decay);
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), clips);
    const m = f32x4.add(f32x4.mul(v128.load(first + at), beta1s), f32x4.mul(rest1s, g));
    v128.store(first + at, m);
    const v = f32x4.add(f32x4.mul(v128.load(second + at), beta2s), f32x4.mul(f32x4.mul(rest2s, g), g));
    v128.store(second + at, v);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), roots), epsilons);
    const direction = f32x4.div(f32x4.div(m, corrections), denominator);
    v128.store(gradient + at, f32x4.add(direction, f32x4.mul(decays, v128.load(parameter + at))));
  }
}

/** target += scale values. */
export function addScaled(target: usize, values: usize, length: usize, scale: f32): void {
  const scales = f32x4.splat(scale);
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(scales, v128.load(values + at))));
  }
}

/** average += weight (parameter - average). */
export function average(target: usize, parameter: usize, length: usize, weight: f32): void {
  const weights = f32x4.splat(weight);
  const bytes = length << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(target + at);
    v128.store(target + at, f32x4.add(a, f32x4.mul(weights, f32x4.sub(v128.load(parameter + at), a))));
  }
}

/**
 * torch.optim.SparseAdam on `count` different rows of a table: slope i of `gradient` (count, width) belongs to row `rows[i]`.
 * m += rest1 (g - m); v += rest2 (g g - v); p += -rate m / (sqrt(v) + epsilon). Element by element, since rows need no alignment.
 */
export function sparseAdam(
  parameter: usize,
  gradient: usize,
  first: usize,
  second: usize,
  rows: usize,
  count: usize,
  width: usize,
  clip: f32,
  rest1: f32,
  rest2: f32,
  rate: f32,
  epsilon: f32,
): void {
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(rows + (i << 2)) * width;
    for (let j: usize = 0; j < width; j++) {
      const at = (row + j) << 2;
      const g = load<f32>(gradient + ((i * width + j) << 2)) * clip;
      let m = load<f32>(first + at);
      m += rest1 * (g - m);
      store<f32>(first + at, m);
      let v = load<f32>(second + at);
      v += rest2 * (g * g - v);
      store<f32>(second + at, v);
      store<f32>(parameter + at, load<f32>(parameter + at) - (rate * m) / (sqrt<f32>(v) + epsilon));
    }
  }
}

const MULTIPLIER_0: u32 = 0xd2511f53;
const MULTIPLIER_1: u32 = 0xcd9e8d57;

/**
 * Philox 4x32-10, four blocks at a time, one a lane. Element i is word i mod 4 of the block with counter (floor(i/4), mask, step, tag);
 * it is `scale` when the word, unsigned, is at least `threshold`, else 0.
 * Writes whole groups of 16 elements: the target has room for `length` rounded up to 16.
 */
export function dropoutMask(
  target: usize,
  length: usize,
  key0: u32,
  key1: u32,
  mask: u32,
  step: u32,
  tag: u32,
  threshold: u32,
  scale: f32,
): void {
  const multipliers0 = i32x4.splat(MULTIPLIER_0);
  const multipliers1 = i32x4.splat(MULTIPLIER_1);
  const thresholds = i32x4.splat(threshold);
  const scales = f32x4.splat(scale);
  const blocks = (length + 3) >>> 2;
  for (let block: usize = 0; block < blocks; block += 4) {
    let c0 = i32x4.add(i32x4.splat(<i32>block), i32x4(0, 1, 2, 3));
    let c1 = i32x4.splat(mask);
    let c2 = i32x4.splat(step);
    let c3 = i32x4.splat(tag);
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const low0 = i64x2.extmul_low_i32x4_u(c0, multipliers0);
      const high0 = i64x2.extmul_high_i32x4_u(c0, multipliers0);
      const low1 = i64x2.extmul_low_i32x4_u(c2, multipliers1);
      const high1 = i64x2.extmul_high_i32x4_u(c2, multipliers1);
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), c1), i32x4.splat(k0));
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), c3), i32x4.splat(k1));
      c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
      c3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    // Lanes hold blocks, memory wants words of one block together: transpose four by four.
    const a = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
    const b = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
    const c = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
    const d = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
    const at = target + (block << 4);
    v128.store(at, kept(v128.shuffle<i64>(a, b, 0, 2), thresholds, scales));
    v128.store(at + 16, kept(v128.shuffle<i64>(a, b, 1, 3), thresholds, scales));
    v128.store(at + 32, kept(v128.shuffle<i64>(c, d, 0, 2), thresholds, scales));
    v128.store(at + 48, kept(v128.shuffle<i64>(c, d, 1, 3), thresholds, scales));
  }
}

function kept(words: v128, thresholds: v128, scales: v128): v128 {
  return v128.and(i32x4.ge_u(words, thresholds), scales);
}
