import { distanceNeighbours, euclideanDistances } from './distance-neighbours.js';
import { projectPcoa, truncatePcoa, type Pcoa } from './pcoa.js';

/** A dimension that was tried on validation queries. */
export interface DimensionTrial {
  readonly dimension: number;
  /** Share of labelled validation queries whose nearest key has their label. */
  readonly accuracy: number;
}

export interface ChosenDimension {
  readonly pcoa: Pcoa;
  readonly trials: readonly DimensionTrial[];
  /** Nearest neighbour by the distances themselves, on the same queries. */
  readonly raw: number;
  readonly queries: number;
}

export interface DimensionTask {
  /** Validation queries against the keys, `(q, n)`; never the test queries. */
  readonly distances: Float64Array;
  readonly queryLabels: readonly (string | undefined)[];
  readonly keyLabels: readonly (string | undefined)[];
  /** Default 2, 4, 8, … and all. */
  readonly dimensions?: readonly number[];
}

/** Keeps the coordinates with which most validation queries find their label by 1-NN, the fewest of equal ones. */
export function chooseDimension(pcoa: Pcoa, task: DimensionTask): ChosenDimension {
  const { distances, queryLabels, keyLabels, dimensions = doublings(pcoa.dimension) } = task;
  const accuracyOf = (found: Float64Array): number => nearestAccuracy(found, queryLabels, keyLabels);
  const placed = projectPcoa(pcoa, distances).data;
  const trials = [...new Set(dimensions.map((d) => Math.min(d, pcoa.dimension)))]
    .sort((a, b) => a - b)
    .map((dimension): DimensionTrial => {
      const queries = leading(placed, pcoa.dimension, dimension);
      const keys = truncatePcoa(pcoa, dimension).coordinates.data;
      return { dimension, accuracy: accuracyOf(euclideanDistances(queries, keys, dimension)) };
    });
  const best = trials.reduce<DimensionTrial | undefined>(
    (so, one) => (so === undefined || one.accuracy > so.accuracy ? one : so),
    undefined,
  );
  return {
    pcoa: truncatePcoa(pcoa, best?.dimension ?? pcoa.dimension),
    trials,
    raw: accuracyOf(distances),
    queries: queryLabels.filter((label) => label !== undefined).length,
  };
}

function doublings(all: number): number[] {
  const list = [];
  for (let d = 2; d < all; d *= 2) list.push(d);
  return [...list, all];
}

function leading(data: Float32Array, from: number, to: number): Float32Array {
  return Float32Array.from({ length: from === 0 ? 0 : (data.length / from) * to }, (_, i) => {
    return data[Math.floor(i / to) * from + (i % to)] as number;
  });
}

function nearestAccuracy(
  distances: Float64Array,
  queryLabels: readonly (string | undefined)[],
  keyLabels: readonly (string | undefined)[],
): number {
  const ids = (labels: readonly unknown[]): string[] => labels.map((_, i) => i.toString());
  const { index } = distanceNeighbours(distances, ids(queryLabels), ids(keyLabels));
  const labelled = [...queryLabels.keys()].filter((q) => queryLabels[q] !== undefined);
  return labelled.filter((q) => keyLabels[index[q] as number] === queryLabels[q]).length / labelled.length;
}
