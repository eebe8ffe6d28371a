import { topK, type LabelRank, type Runtime, type Tensor } from '@bioscan/core';
import { affineRows, requireMatrix, unitRows } from './matrix.js';
import type { Predictions } from './predictions.js';

/** What a fit may use beside its training rows. */
export interface FitContext {
  /** Chooses among settings; never trained on. */
  readonly validation?: { readonly x: Tensor<'float32'>; readonly y: readonly string[] };
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
}

export interface FitProgress {
  readonly epoch: number;
  readonly loss: number;
  /** What is being fitted, as in `l2 = 0.001`. */
  readonly stage: string;
}

/** A classifier on frozen vectors. Unfitted, it cannot predict. */
export interface Probe {
  readonly name: string;
  /**
   * @param x `(n, d)`
   * @param y the label of each row
   */
  fit(x: Tensor<'float32'>, y: readonly string[], runtime: Runtime, context?: FitContext): Promise<FittedProbe>;
}

/** Everything that predicting needs, as a plain value: scores are (x - mean) · scale, optionally made length 1, times weight, plus bias. */
export interface ProbeState {
  readonly kind: 'linear' | 'centroid';
  /** Sorted; the first of equally scored classes is predicted. */
  readonly classes: readonly string[];
  readonly dimension: number;
  /** `(d)` */
  readonly mean: Float32Array;
  /** `(d)` */
  readonly scale: Float32Array;
  readonly unitLength: boolean;
  /** `(d, classes)` */
  readonly weight: Float32Array;
  /** `(classes)` */
  readonly bias: Float32Array;
  /** How it was fitted, for reports. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface FittedProbe {
  readonly state: ProbeState;
  /** The best class of each row. */
  predict(x: Tensor<'float32'>): string[];
  /** `(n, classes)`, rows sum to 1. Calibrated only as far as the fit made them so. */
  predictProbabilities(x: Tensor<'float32'>): Tensor<'float32'>;
  /** The k best classes of each row, best first; all classes when there are fewer. */
  topK(x: Tensor<'float32'>, k: number): string[][];
}

/** Makes a state predict; of a state just fitted or one read back. */
export function fittedProbe(state: ProbeState): FittedProbe {
  return {
    state,
    predict: (x) => bestClasses(state, x, 1).map(([label]) => label as string),
    predictProbabilities: (x) => softmaxRows(classScoresOf(state, x)),
    topK: (x, k) => bestClasses(state, x, k),
  };
}

/** The k best classes of identified rows, ready to be scored at a rank. */
export function probePredictions(
  probe: FittedProbe,
  queries: { readonly ids: readonly string[]; readonly vectors: Tensor<'float32'> },
  rank: LabelRank,
  depth = 5,
): Predictions {
  return {
    rank,
    queryIds: queries.ids,
    labels: probe.topK(queries.vectors, depth),
    depth,
    keyLabels: new Set(probe.state.classes),
  };
}

/** Rows as the probe sees them: `(n, d)`, shifted and scaled. */
export function scaledRows(
  state: Pick<ProbeState, 'mean' | 'scale' | 'unitLength' | 'dimension'>,
  x: Tensor<'float32'>,
): Tensor<'float32'> {
  const { columns } = requireMatrix(x, state.dimension);
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    data[i] = ((x.data[i] as number) - (state.mean[column] as number)) * (state.scale[column] as number);
  }
  const scaled: Tensor<'float32'> = { dtype: 'float32', shape: x.shape, data };
  return state.unitLength ? unitRows(scaled) : scaled;
}

function classScoresOf(state: ProbeState, x: Tensor<'float32'>): Tensor<'float32'> {
  const shape = [state.dimension, state.classes.length];
  return affineRows(scaledRows(state, x), { dtype: 'float32', shape, data: state.weight }, state.bias);
}

function bestClasses(state: ProbeState, x: Tensor<'float32'>, k: number): string[][] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`eval: k must be a positive integer, got ${k}`);
  const { data, shape } = classScoresOf(state, x);
  const width = state.classes.length;
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => {
    const { index } = topK(data.subarray(row * width, (row + 1) * width), Math.min(k, width));
    return Array.from(index, (best) => state.classes[best] as string);
  });
}

/** Softmax of each row, in place. */
function softmaxRows(scores: Tensor<'float32'>): Tensor<'float32'> {
  const width = scores.shape[1] ?? 1;
  for (let start = 0; start < scores.data.length; start += width) {
    const row = scores.data.subarray(start, start + width);
    const largest = row.reduce((best, value) => Math.max(best, value), -Infinity);
    let total = 0;
    for (let c = 0; c < width; c++) total += Math.exp((row[c] as number) - largest);
    for (let c = 0; c < width; c++) row[c] = Math.exp((row[c] as number) - largest) / total;
  }
  return scores;
}
