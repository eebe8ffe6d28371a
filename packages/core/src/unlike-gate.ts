import { BioscanError } from './errors.js';
import { tensor, type Tensor } from './tensor.js';

/**
 * What photos must look like to an encoder. Vectors are moved into `axes` directions of equal spread among the training photos; a photo's score
 * is its mean distance to the nearest training photos there, and its p-value the share of photos of the same kind that are as far.
 */
export interface UnlikeGate {
  /** Of the encoder's vectors. */
  readonly dimension: number;
  readonly axes: number;
  /** `(dimension)` */
  readonly mean: Float32Array;
  /** `(axes, dimension)` */
  readonly directions: Float32Array;
  /** Training photos `(n, axes)`. */
  readonly points: Float32Array;
  /** Scores of photos of the same kind that the points did not know, rising. */
  readonly scores: Float32Array;
  /** Share that each score stands for; what is left to 1 is the new photo's own. Absent: one in all scores and one. */
  readonly weights?: Float32Array;
  /** How many nearest training photos a score averages over. */
  readonly neighbours: number;
  /** Share of photos like the training ones that are called unlike. */
  readonly falseAlarmRate: number;
}

/** The p-value of each vector `(n, dimension)`: small where the photo is unlike the training photos. O(n x points x axes). */
export function likenessPValues(gate: UnlikeGate, vectors: Tensor<'float32'>): Float64Array {
  const places = placed(gate, vectors);
  const [rows = 0] = places.shape;
  return likenessOfScores(
    gate,
    Array.from({ length: rows }, (_, i) => distanceTo(gate, places.data.subarray(i * gate.axes, (i + 1) * gate.axes))),
  );
}

/** The p-values of scores, as {@link likenessPValues} has them of vectors. */
export function likenessOfScores(
  { scores, weights }: Pick<UnlikeGate, 'scores' | 'weights'>,
  found: readonly number[],
): Float64Array {
  // Float64: the sum of all that lies below each score.
  const passed = new Float64Array(scores.length + 1);
  for (let i = 0; i < scores.length; i++)
    passed[i + 1] = (passed[i] as number) + (weights?.[i] ?? 1 / (scores.length + 1));
  return Float64Array.from(found, (score) => Math.max(0, 1 - (passed[below(scores, score)] as number)));
}

/** Vectors `(n, dimension)` in the directions of a gate: `(n, axes)`. */
export function placed(
  { dimension, axes, mean, directions }: Pick<UnlikeGate, 'dimension' | 'axes' | 'mean' | 'directions'>,
  vectors: Tensor<'float32'>,
): Tensor<'float32'> {
  const [rows = 0, columns] = vectors.shape;
  if (columns !== dimension) {
    throw new BioscanError('mismatch', `core: gate, got vectors of ${columns ?? 0}, expected ${dimension} as fitted`);
  }
  const data = new Float32Array(rows * axes);
  for (let row = 0; row < rows; row++) {
    for (let axis = 0; axis < axes; axis++) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) {
        const off = (vectors.data[row * dimension + i] as number) - (mean[i] as number);
        sum += off * (directions[axis * dimension + i] as number);
      }
      data[row * axes + axis] = sum;
    }
  }
  return tensor('float32', [rows, axes], data);
}

/** Mean distance of a place to the nearest points. Infinite with fewer of them than neighbours. */
export function distanceTo(
  { axes, points, neighbours }: Pick<UnlikeGate, 'axes' | 'points' | 'neighbours'>,
  place: Float32Array,
): number {
  const nearest = new Float64Array(neighbours).fill(Number.POSITIVE_INFINITY);
  const count = points.length / axes;
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let axis = 0; axis < axes; axis++)
      square += ((points[i * axes + axis] as number) - (place[axis] as number)) ** 2;
    if (!(square < (nearest[neighbours - 1] as number))) continue;
    let slot = neighbours - 1;
    while (slot > 0 && (nearest[slot - 1] as number) > square) {
      nearest[slot] = nearest[slot - 1] as number;
      slot--;
    }
    nearest[slot] = square;
  }
  return nearest.reduce((sum, square) => sum + Math.sqrt(square), 0) / neighbours;
}

/** How many of the rising values are below `value`. A value that is no number is above all. */
function below(rising: Float32Array, value: number): number {
  if (Number.isNaN(value)) return rising.length;
  const exact = Math.fround(value);
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < exact) low = middle + 1;
    else high = middle;
  }
  return low;
}
