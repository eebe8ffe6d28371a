import type { Value } from '../graph.js';
import { add, div, mul, single, sqrt } from './elementwise.js';
import { sum } from './reduce.js';

export function softmax(x: Value, axis = -1): Value {
  return single(x.graph.apply('Softmax', [x], { axis }));
}

export function logSoftmax(x: Value, axis = -1): Value {
  return single(x.graph.apply('LogSoftmax', [x], { axis }));
}

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts (Ba et al. 2016). */
export function layerNorm(x: Value, scale: Value, shift: Value, epsilon = 1e-5): Value {
  return single(x.graph.apply('LayerNormalization', [x, scale, shift], { axis: -1, epsilon }));
}

/** Rows of unit Euclidean length along the last axis; epsilon² guards zero rows. */
export function normalizeRows(x: Value, epsilon = 1e-12): Value {
  const squares = sum(mul(x, x), { axes: [-1], keep: true });
  return div(x, sqrt(add(squares, epsilon * epsilon)));
}
