import { BioscanError, distanceTo, placed, tensor, type Rng, type Tensor, type UnlikeGate } from '@bioscan/core';
import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';
import { requireMatrix } from '../matrix.js';
import { centredRows, columnMeans, covariance } from '../moments.js';

export interface FitUnlikeGateOptions {
  readonly rng: Rng;
  /**
   * What each photo belongs to, such as its species: its own score then comes from a gate that knows nothing of the group, as if all of it
   * were new. Without it, a species or a session that the training photos lack is unlike them.
   */
  readonly groups?: readonly (string | undefined)[];
  /** Share of photos like the training ones that may be called unlike. Default 0.05. */
  readonly falseAlarmRate?: number;
  /** Nearest training photos that a score averages over. Default 5. */
  readonly neighbours?: number;
  /** Most training photos that are kept, drawn at random. Default 2,000. */
  readonly most?: number;
  /** Most directions. Default 32. */
  readonly axes?: number;
  /** Parts for cross-fitting. Default 10. */
  readonly folds?: number;
}

/**
 * Fits the gate on the vectors of training photos alone `(n, d)`: directions of equal spread, and each photo's score by a gate of the other
 * folds (directions and points), so that a new photo of the same kind has a uniform p-value. An encoder that fits its training photos closer
 * than new ones raises more false alarms than stated: measure them on validation photos.
 * @throws BioscanError `bad-input` with fewer than 20 photos, which cannot hold a rate of one in twenty
 */
export function fitUnlikeGate(vectors: Tensor<'float32'>, options: FitUnlikeGateOptions): UnlikeGate {
  const { rng, falseAlarmRate = 0.05, neighbours = 5, most = 2000, axes = 32, folds = 10 } = options;
  const { rows: count, columns: dimension } = requireMatrix(vectors);
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    throw new RangeError(`eval: falseAlarmRate, got ${falseAlarmRate}, expected between 0 and 1`);
  }
  const rows = drawn(count, most, rng.split('photos'));
  const needed = Math.max(20, Math.ceil(1 / falseAlarmRate), 2 * neighbours + 2);
  if (rows.length < needed) {
    const what = `got ${rows.length} training photos, expected at least ${needed}`;
    throw new BioscanError('bad-input', `eval: gate, ${what}`, { photos: rows.length });
  }
  const groups = rows.map((row) => options.groups?.[row] ?? `photo ${row}`);
  const fold = dealt(groups, folds, rng.split('folds'));
  const scores: number[] = [];
  for (let held = 0; held < folds; held++) {
    const others = fittedPlaces(
      taken(
        vectors,
        rows.filter((_, i) => fold[i] !== held),
      ),
      axes,
    );
    scores.push(
      ...scoresOf(
        others,
        taken(
          vectors,
          rows.filter((_, i) => fold[i] === held),
        ),
        neighbours,
      ),
    );
  }
  const { basis, points } = fittedPlaces(taken(vectors, rows), axes);
  return { ...basis, dimension, points, scores: Float32Array.from(scores).sort(), neighbours, falseAlarmRate };
}

interface Places {
  readonly basis: Pick<UnlikeGate, 'dimension' | 'axes' | 'mean' | 'directions'>;
  readonly points: Float32Array;
}

function fittedPlaces(sample: Tensor<'float32'>, most: number): Places {
  const mean = columnMeans(sample);
  const basis = { dimension: sample.shape[1] ?? 0, mean, ...spreadDirections(sample, mean, most) };
  return { basis, points: placed(basis, sample).data };
}

function scoresOf({ basis, points }: Places, vectors: Tensor<'float32'>, neighbours: number): number[] {
  const { axes } = basis;
  const places = placed(basis, vectors);
  return Array.from({ length: vectors.shape[0] ?? 0 }, (_, i) =>
    distanceTo({ axes, points, neighbours }, places.data.subarray(i * axes, (i + 1) * axes)),
  );
}

function drawn(count: number, most: number, rng: Rng): number[] {
  const rows = Array.from({ length: count }, (_, i) => i);
  return count <= most ? rows : rng.shuffle(rows).slice(0, most);
}

/** Groups over folds, large ones first, each to the fold that has least; a fold never takes more than half of all photos. */
function dealt(groups: readonly string[], folds: number, rng: Rng): number[] {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const largest = Math.max(...sizes.values());
  if (largest > groups.length / 2)
    return dealt(
      groups.map((_, i) => `photo ${i}`),
      folds,
      rng,
    );
  const load = new Array<number>(folds).fill(0);
  const foldOf = new Map<string, number>();
  const order = rng.shuffle([...sizes]).sort((a, b) => b[1] - a[1]);
  for (const [group, size] of order) {
    const least = load.indexOf(Math.min(...load));
    foldOf.set(group, least);
    load[least] = (load[least] as number) + size;
  }
  return groups.map((group) => foldOf.get(group) ?? 0);
}

function taken(vectors: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const d = vectors.shape[1] ?? 0;
  const data = new Float32Array(rows.length * d);
  for (const [to, from] of rows.entries()) data.set(vectors.data.subarray(from * d, (from + 1) * d), to * d);
  return tensor('float32', [rows.length, d], data);
}

/** Principal directions scaled to variance 1. Each spread is raised by a hundredth of the mean one, so that noise is not blown up without end. */
function spreadDirections(
  sample: Tensor<'float32'>,
  mean: Float32Array,
  most: number,
): Pick<UnlikeGate, 'axes' | 'directions'> {
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
