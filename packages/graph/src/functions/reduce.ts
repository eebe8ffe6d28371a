import type { Value } from '../graph.js';
import { single } from './elementwise.js';

export interface ReduceOptions {
  /** Default: all axes. */
  readonly axes?: readonly number[];
  /** Keep reduced axes with size 1. Default false. */
  readonly keep?: boolean;
}

/** Sum over axes. */
export function sum(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceSum', x, options);
}

/** Mean over axes. */
export function mean(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceMean', x, options);
}

/** Largest over axes. Equal maxima share the gradient. */
export function max(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceMax', x, options);
}

/** Position of the largest along an axis, the first of equals; int64, no gradient. */
export function argmax(x: Value, axis: number): Value {
  return single(x.graph.apply('ArgMax', [x], { axis, keepdims: 0 }));
}

function reduce(operator: 'ReduceSum' | 'ReduceMean' | 'ReduceMax', x: Value, options: ReduceOptions): Value {
  const { axes = x.shape.map((_, axis) => axis), keep = false } = options;
  // An empty list means "all axes" to ONNX.
  if (axes.length === 0) return x;
  return single(x.graph.apply(operator, [x, x.graph.integers(axes)], { keepdims: keep ? 1 : 0 }));
}
