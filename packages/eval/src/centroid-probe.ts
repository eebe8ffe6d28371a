import { fittedProbe, type Probe } from './probe.js';
import { requireMatrix, unitRows } from './matrix.js';
import { classIndex, requireTrainingRows } from './training-rows.js';

export interface CentroidOptions {
  /** `cosine`: rows are made length 1, then averaged, and the mean is made length 1. Default `cosine`. */
  readonly metric?: 'cosine' | 'euclidean';
}

/** Nearest class mean: the simplest probe that uses all keys. Deterministic; needs no engine. Probabilities are not calibrated. */
export function centroidProbe({ metric = 'cosine' }: CentroidOptions = {}): Probe {
  return {
    name: `centroid ${metric}`,
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this fit is not
    async fit(x, y) {
      requireTrainingRows(x, y);
      const cosine = metric === 'cosine';
      const { columns: dimension } = requireMatrix(x);
      const { classes, index } = classIndex(y);
      const means = classMeans(cosine ? unitRows(x).data : x.data, index, classes.length, dimension);
      const centroids = cosine
        ? unitRows({ dtype: 'float32', shape: [classes.length, dimension], data: means }).data
        : means;
      return fittedProbe({
        kind: 'centroid',
        classes,
        dimension,
        mean: new Float32Array(dimension),
        scale: new Float32Array(dimension).fill(1),
        unitLength: cosine,
        weight: transposed(centroids, classes.length, dimension),
        // |x - c|² orders classes as c·x - |c|²/2 does, the largest first.
        bias: cosine ? new Float32Array(classes.length) : halfSquares(centroids, classes.length, dimension),
        settings: { metric },
      });
    },
  };
}

function classMeans(rows: Float32Array, index: Int32Array, classes: number, d: number): Float32Array {
  const sums = new Float64Array(classes * d);
  const counts = new Float64Array(classes);
  index.forEach((c, row) => {
    counts[c] = (counts[c] as number) + 1;
    for (let j = 0; j < d; j++) sums[c * d + j] = (sums[c * d + j] as number) + (rows[row * d + j] as number);
  });
  return Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / d)] as number));
}

function transposed(rows: Float32Array, n: number, d: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) result[j * n + i] = rows[i * d + j] as number;
  return result;
}

function halfSquares(rows: Float32Array, n: number, d: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => {
    let square = 0;
    for (let j = 0; j < d; j++) square += (rows[i * d + j] as number) ** 2;
    return -square / 2;
  });
}
