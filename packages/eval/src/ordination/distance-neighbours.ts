import { BioscanError, type Neighbours } from '@bioscan/core';

/**
 * The nearest keys by distances computed elsewhere: the raw-distance 1-NN that stands beside an ordination. Ties stand in key order; a NaN is a key
 * that could not be compared.
 * @param distances `(q, n)`
 */
export function distanceNeighbours(
  distances: Float64Array,
  queryIds: readonly string[],
  keyIds: readonly string[],
  k = 1,
): Neighbours {
  const n = keyIds.length;
  if (distances.length !== queryIds.length * n) {
    throw new BioscanError(
      'mismatch',
      `eval: distances, got ${distances.length} numbers, expected ${queryIds.length} queries x ${n} keys`,
    );
  }
  const index = new Int32Array(queryIds.length * k).fill(-1);
  const score = new Float32Array(queryIds.length * k).fill(Number.NaN);
  queryIds.forEach((_, q) => {
    const row = distances.subarray(q * n, (q + 1) * n);
    const order = [...row.keys()].filter((i) => !Number.isNaN(row[i]));
    order.sort((a, b) => (row[a] as number) - (row[b] as number) || a - b);
    order.slice(0, k).forEach((key, slot) => {
      index[q * k + slot] = key;
      score[q * k + slot] = row[key] as number;
    });
  });
  return { queryIds, keyIds, k, index, score, higherIsNearer: false };
}

/** Euclidean distances of placed queries to placed keys, `(q, n)`. */
export function euclideanDistances(queries: Float32Array, keys: Float32Array, dimension: number): Float64Array {
  const [q, n] = dimension === 0 ? [0, 0] : [queries.length / dimension, keys.length / dimension];
  const distances = new Float64Array(q * n);
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < n; b++) {
      let square = 0;
      for (let k = 0; k < dimension; k++) {
        square += ((queries[a * dimension + k] as number) - (keys[b * dimension + k] as number)) ** 2;
      }
      distances[a * n + b] = Math.sqrt(square);
    }
  }
  return distances;
}
