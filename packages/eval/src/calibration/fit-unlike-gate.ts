import { BioscanError, distanceTo, placed, tensor, type Rng, type Tensor, type UnlikeGate } from '@bioscan/core';
import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';
import { requireMatrix } from '../matrix.js';
import { centredRows, columnMeans, covariance } from '../moments.js';

export interface FitUnlikeGateOptions {
  readonly rng: Rng;
  /** Share of photos like the training ones that may be called unlike. Default 0.05. */
  readonly falseAlarmRate?: number;
  /** Nearest training photos that a score averages over. Default 5. */
  readonly neighbours?: number;
  /** Most training photos that are kept, drawn at random. Default 2,000. */
  readonly most?: number;
  /** Most directions. Default 32. */
  readonly axes?: number;
}

/**
 * Fits the gate on the vectors of training photos alone `(n, d)`: directions of equal spread, and each photo's score among the others
 * (leave one out), so that a new photo of the same kind has a uniform p-value. An encoder that fits its training photos closer than new
 * ones raises more false alarms than stated: measure them on validation photos.
 * @throws BioscanError `bad-input` with fewer than 20 photos, which cannot hold a rate of one in twenty
 */
export function fitUnlikeGate(vectors: Tensor<'float32'>, options: FitUnlikeGateOptions): UnlikeGate {
  const { rng, falseAlarmRate = 0.05, neighbours = 5, most = 2000 } = options;
  const { columns: dimension } = requireMatrix(vectors);
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    throw new RangeError(`eval: falseAlarmRate, got ${falseAlarmRate}, expected between 0 and 1`);
  }
  const sample = drawn(vectors, most, rng);
  const [n = 0] = sample.shape;
  const needed = Math.max(20, Math.ceil(1 / falseAlarmRate), neighbours + 2);
  if (n < needed) {
    throw new BioscanError('bad-input', `eval: gate, got ${n} training photos, expected at least ${needed}`, {
      photos: n,
    });
  }
  const mean = columnMeans(sample);
  const { axes, directions } = spreadDirections(sample, mean, options.axes ?? 32);
  const basis = { dimension, axes, mean, directions };
  const points = placed(basis, sample).data;
  const scores = Float32Array.from({ length: n }, (_, i) =>
    distanceTo({ axes, points, neighbours }, points.subarray(i * axes, (i + 1) * axes), i),
  ).sort();
  return { ...basis, points, scores, neighbours, falseAlarmRate };
}

function drawn(vectors: Tensor<'float32'>, most: number, rng: Rng): Tensor<'float32'> {
  const [n = 0, d = 0] = vectors.shape;
  if (n <= most) return vectors;
  const rows = rng.shuffle(Array.from({ length: n }, (_, i) => i)).slice(0, most);
  const data = new Float32Array(most * d);
  for (const [to, from] of rows.entries()) data.set(vectors.data.subarray(from * d, (from + 1) * d), to * d);
  return tensor('float32', [most, d], data);
}

/** Principal directions scaled to variance 1. Each spread is raised by a hundredth of the mean one, so that noise is not blown up without end. */
function spreadDirections(
  sample: Tensor<'float32'>,
  mean: Float32Array,
  most: number,
): { axes: number; directions: Float32Array } {
  const [n = 0, d = 0] = sample.shape;
  const solved = new EigenvalueDecomposition(covariance(centredRows(sample, mean)), { assumeSymmetric: true });
  const spreads = solved.realEigenvalues;
  const order = spreads.map((_, i) => i).sort((a, b) => (spreads[b] as number) - (spreads[a] as number));
  const axes = Math.min(most, d, Math.max(1, Math.floor(n / 10)));
  const floor = spreads.reduce((sum, value) => sum + Math.max(0, value), 0) / d / 100 + 1e-12;
  const directions = new Float32Array(axes * d);
  const basis: Matrix = solved.eigenvectorMatrix;
  for (let axis = 0; axis < axes; axis++) {
    const column = order[axis] as number;
    const scale = 1 / Math.sqrt(Math.max(0, spreads[column] as number) + floor);
    for (let i = 0; i < d; i++) directions[axis * d + i] = basis.get(i, column) * scale;
  }
  return { axes, directions };
}
