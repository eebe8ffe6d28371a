import { BioscanError, tensor, type Tensor } from '@bioscan/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** A fitted principal coordinates analysis: where the keys lie, and what is needed to place more. Plain values. */
export interface Pcoa {
  /** Coordinates kept, largest eigenvalue first. */
  readonly dimension: number;
  /** All eigenvalues of the centred matrix, largest first; below 0 where no points in a Euclidean space have these distances. */
  readonly eigenvalues: Float64Array;
  /** Sum of the negative eigenvalues' sizes over the sum of all sizes: what coordinates cannot show. */
  readonly negativeShare: number;
  /** `(n, dimension)` */
  readonly coordinates: Tensor<'float32'>;
  /** The same in full precision, `(n, dimension)`, row by row. */
  readonly exact: Float64Array;
  /** Squared distance of each key from the centre of all. `(n)` */
  readonly toCentre: Float64Array;
}

export interface PcoaOptions {
  /** Coordinates to keep at most; default: all of positive eigenvalue. */
  readonly dimension?: number;
}

/** Eigenvalues below this share of the largest are rounding errors. */
const negligible = 1e-9;

/**
 * Principal coordinates of a matrix of distances between keys: points whose Euclidean distances come nearest to them. O(n³): about a minute for 2,000
 * keys, so draw that many. Each axis points so that its largest coordinate is positive.
 * @param distances `(n, n)`, symmetric, 0 on the diagonal, all present: leave out keys that cannot be compared with all others
 * @throws BioscanError `bad-input` for missing, negative or asymmetric distances
 * Source: Gower 1966, Biometrika 53:325.
 */
export function fitPcoa(distances: Float64Array, n: number, { dimension }: PcoaOptions = {}): Pcoa {
  checkSquare(distances, n);
  if (dimension !== undefined && (!Number.isInteger(dimension) || dimension < 1)) {
    throw new RangeError(`eval: dimension must be a positive whole number, got ${dimension}`);
  }
  const squares = distances.map((distance) => distance * distance);
  const means = Float64Array.from({ length: n }, (_, i) => meanOf(squares.subarray(i * n, (i + 1) * n)));
  const grand = meanOf(means);
  const centred = new Matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      centred.set(i, j, -0.5 * ((squares[i * n + j] as number) - (means[i] as number) - (means[j] as number) + grand));
    }
  }
  const decomposition = new EigenvalueDecomposition(centred, { assumeSymmetric: true });
  const order = decomposition.realEigenvalues.map((value, at) => ({ value, at })).sort((a, b) => b.value - a.value);
  const eigenvalues = Float64Array.from(order, ({ value }) => value);
  const kept = order.filter(({ value }) => value > negligible * Math.max(order[0]?.value ?? 0, 0)).slice(0, dimension);
  const exact = coordinatesOf(decomposition.eigenvectorMatrix, kept, n);
  return {
    dimension: kept.length,
    eigenvalues,
    negativeShare: negativeShare(eigenvalues),
    coordinates: tensor('float32', [n, kept.length], Float32Array.from(exact)),
    exact,
    toCentre: means.map((mean) => mean - grand / 2),
  };
}

/**
 * Places queries among the keys from their distances to all keys, without moving the keys. A key's own distances give its own place where no
 * coordinate was dropped. O(q n d).
 * @param distances `(q, n)`, query by query
 * @returns `(q, dimension)`
 * Source: Gower 1968, Biometrika 55:582.
 */
export function projectPcoa(pcoa: Pcoa, distances: Float64Array): Tensor<'float32'> {
  const { dimension, eigenvalues, exact, toCentre } = pcoa;
  const n = toCentre.length;
  const queries = distances.length / n;
  if (!Number.isInteger(queries)) {
    throw new BioscanError(
      'mismatch',
      `eval: distances of queries, got ${distances.length}, expected a multiple of ${n} keys`,
    );
  }
  const placed = new Float32Array(queries * dimension);
  const sums = new Float64Array(dimension);
  for (let q = 0; q < queries; q++) {
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      const distance = distances[q * n + i] as number;
      requireDistance(distance, q, i);
      const pull = ((toCentre[i] as number) - distance * distance) / 2;
      for (let k = 0; k < dimension; k++) sums[k] = (sums[k] as number) + pull * (exact[i * dimension + k] as number);
    }
    for (let k = 0; k < dimension; k++) placed[q * dimension + k] = (sums[k] as number) / (eigenvalues[k] as number);
  }
  return tensor('float32', [queries, dimension], placed);
}

/** The first coordinates of an ordination: as if it had been fitted with this dimension. */
export function truncatePcoa(pcoa: Pcoa, dimension: number): Pcoa {
  const kept = Math.min(dimension, pcoa.dimension);
  const n = pcoa.toCentre.length;
  const exact = new Float64Array(n * kept);
  for (let i = 0; i < n; i++) {
    exact.set(pcoa.exact.subarray(i * pcoa.dimension, i * pcoa.dimension + kept), i * kept);
  }
  return { ...pcoa, dimension: kept, exact, coordinates: tensor('float32', [n, kept], Float32Array.from(exact)) };
}

function coordinatesOf(vectors: Matrix, kept: readonly { value: number; at: number }[], n: number): Float64Array {
  const result = new Float64Array(n * kept.length);
  kept.forEach(({ value, at }, k) => {
    const column = vectors.getColumn(at);
    const largest = column.reduce((best, one) => (Math.abs(one) > Math.abs(best) ? one : best), 0);
    const scale = Math.sqrt(value) * (largest < 0 ? -1 : 1);
    for (let i = 0; i < n; i++) result[i * kept.length + k] = (column[i] as number) * scale;
  });
  return result;
}

function negativeShare(eigenvalues: Float64Array): number {
  const floor = negligible * Math.max(eigenvalues[0] ?? 0, 0);
  const all = eigenvalues.reduce((sum, value) => sum + Math.abs(value), 0);
  const negative = eigenvalues.reduce((sum, value) => (value < -floor ? sum - value : sum), 0);
  return all === 0 ? 0 : negative / all;
}

function checkSquare(distances: Float64Array, n: number): void {
  if (n < 1 || distances.length !== n * n) {
    throw new BioscanError('mismatch', `eval: distances, got ${distances.length} numbers, expected ${n} x ${n}`);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const distance = distances[i * n + j] as number;
      requireDistance(distance, i, j);
      if (distance !== distances[j * n + i] || (i === j && distance !== 0)) {
        throw new BioscanError(
          'bad-input',
          `eval: distances of ${i} and ${j}, got ${distance} and ${distances[j * n + i] ?? 0}, expected a symmetric matrix with 0 on the diagonal`,
        );
      }
    }
  }
}

function requireDistance(distance: number, row: number, column: number): void {
  if (distance >= 0 && Number.isFinite(distance)) return;
  throw new BioscanError(
    'bad-input',
    `eval: distance of ${row} and ${column}, got ${distance}, expected a number of 0 or more; leave out what cannot be compared`,
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
