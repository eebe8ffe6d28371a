import type { Picture } from '@bioscan/core';
import { dishHalf } from './dish.js';

/** A smooth background: per channel, coefficients of 1, u, v, u², uv, v² with u and v in half heights from the centre. */
export interface BackgroundSurface {
  readonly coefficients: readonly [Float64Array, Float64Array, Float64Array];
  /** Robust standard deviation of what is left, in levels, averaged over channels. */
  readonly sigma: number;
}

const terms = 6;
const rounds = 8;

/**
 * Fits the background inside `radius` (in half heights): least squares, again without what is darker than three robust sigmas,
 * or as bright as glare; eight rounds. Uses about 5,000 pixels on a grid.
 */
export function fitBackground(picture: Picture, radius: number): BackgroundSurface {
  const { u, v, values, count } = sample(picture, radius);
  let keep: Uint8Array = brighterHalf(values, count);
  let fitted = fitChannels(u, v, values, keep, count);
  let sigma = 0;
  for (let round = 0; round < rounds; round++) {
    const residual = deviations(fitted, u, v, values, count);
    sigma = Math.max(robustSigma(residual, keep, count), 0.7);
    keep = new Uint8Array(count);
    for (let i = 0; i < count; i++) keep[i] = Math.abs(residual[i] as number) < 3 * sigma ? 1 : 0;
    fitted = fitChannels(u, v, values, keep, count);
  }
  return { coefficients: fitted, sigma };
}

/** The background's value of one row: (width) per channel, written into `out` as (width, 3). */
export function backgroundRow(
  { coefficients }: BackgroundSurface,
  y: number,
  width: number,
  height: number,
  out: Float32Array,
): void {
  const half = dishHalf(width, height);
  const v = (y + 0.5 - height / 2) / half;
  for (let c = 0; c < 3; c++) {
    const k = coefficients[c] as Float64Array;
    const [k0, k1, k2, k3, k4, k5] = k as unknown as [number, number, number, number, number, number];
    const constant = k0 + k2 * v + k5 * v * v;
    const slope = k1 + k4 * v;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5 - width / 2) / half;
      out[3 * x + c] = constant + u * (slope + k3 * u);
    }
  }
}

interface Sample {
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly values: Uint8Array; // (count, 3)
  readonly count: number;
}

function sample({ width, height, data }: Picture, radius: number): Sample {
  const half = dishHalf(width, height);
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / 8000)));
  const capacity = Math.ceil(width / step) * Math.ceil(height / step);
  const u = new Float64Array(capacity);
  const v = new Float64Array(capacity);
  const values = new Uint8Array(3 * capacity);
  let count = 0;
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const du = (x + 0.5 - width / 2) / half;
      const dv = (y + 0.5 - height / 2) / half;
      if (du * du + dv * dv > radius * radius) continue;
      u[count] = du;
      v[count] = dv;
      const at = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) values[3 * count + c] = data[at + c] as number;
      count++;
    }
  }
  return { u, v, values, count };
}

/** A start that a specimen filling half the dish does not pull down. */
function brighterHalf(values: Uint8Array, count: number): Uint8Array {
  const light = Float64Array.from({ length: count }, (_, i) => lightOf(values, i));
  const floor = light.slice().sort()[Math.floor(count * 0.4)] ?? 0;
  return Uint8Array.from(light, (value) => (value >= floor ? 1 : 0));
}

function lightOf(values: Uint8Array, i: number): number {
  return (values[3 * i] as number) + (values[3 * i + 1] as number) + (values[3 * i + 2] as number);
}

function fitChannels(
  u: Float64Array,
  v: Float64Array,
  values: Uint8Array,
  keep: Uint8Array,
  count: number,
): [Float64Array, Float64Array, Float64Array] {
  const normal = new Float64Array(terms * terms);
  const right = [0, 1, 2].map(() => new Float64Array(terms));
  const basis = new Float64Array(terms);
  for (let i = 0; i < count; i++) {
    if (keep[i] === 0) continue;
    fillBasis(basis, u[i] as number, v[i] as number);
    for (let a = 0; a < terms; a++) {
      const ba = basis[a] as number;
      for (let b = 0; b < terms; b++)
        normal[a * terms + b] = (normal[a * terms + b] as number) + ba * (basis[b] as number);
      for (let c = 0; c < 3; c++) {
        const r = right[c] as Float64Array;
        r[a] = (r[a] as number) + ba * (values[3 * i + c] as number);
      }
    }
  }
  for (let a = 0; a < terms; a++) normal[a * terms + a] = (normal[a * terms + a] as number) + 1e-6;
  return [0, 1, 2].map((c) => solve(normal, right[c] as Float64Array)) as [Float64Array, Float64Array, Float64Array];
}

function fillBasis(basis: Float64Array, u: number, v: number): void {
  basis[0] = 1;
  basis[1] = u;
  basis[2] = v;
  basis[3] = u * u;
  basis[4] = u * v;
  basis[5] = v * v;
}

/** Gaussian elimination of a small positive definite system. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const a = matrix.slice();
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const factor = (a[j * n + i] as number) / (a[i * n + i] as number);
      for (let k = i; k < n; k++) a[j * n + k] = (a[j * n + k] as number) - factor * (a[i * n + k] as number);
      x[j] = (x[j] as number) - factor * (x[i] as number);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < n; k++) sum -= (a[i * n + k] as number) * (x[k] as number);
    x[i] = sum / (a[i * n + i] as number);
  }
  return x;
}

/** Mean over channels of background minus pixel. */
function deviations(
  coefficients: readonly [Float64Array, Float64Array, Float64Array],
  u: Float64Array,
  v: Float64Array,
  values: Uint8Array,
  count: number,
): Float64Array {
  const mean = Float64Array.from({ length: terms }, (_, t) =>
    coefficients.reduce((sum, k) => sum + (k[t] as number) / 3, 0),
  );
  const basis = new Float64Array(terms);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    fillBasis(basis, u[i] as number, v[i] as number);
    let surface = 0;
    for (let t = 0; t < terms; t++) surface += (mean[t] as number) * (basis[t] as number);
    out[i] = surface - lightOf(values, i) / 3;
  }
  return out;
}

function robustSigma(residual: Float64Array, keep: Uint8Array, count: number): number {
  const kept = new Float64Array(count);
  let used = 0;
  for (let i = 0; i < count; i++) if (keep[i] === 1) kept[used++] = Math.abs(residual[i] as number);
  const sorted = kept.subarray(0, used).sort();
  return 1.4826 * (sorted[used >> 1] ?? 0);
}
