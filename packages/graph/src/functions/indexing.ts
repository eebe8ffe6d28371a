import type { Value } from '../graph.js';
import { single } from './elementwise.js';

/** Slices of x along an axis chosen by int64 indices: with axis 0, a table lookup (…ids, width). */
export function gather(x: Value, indices: Value, axis = 0): Value {
  return single(x.graph.apply('Gather', [x, indices], { axis }));
}

/** Elements of x along an axis, one for each index; indices have x's shape but for that axis. */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  return single(x.graph.apply('GatherElements', [x, indices], { axis }));
}

/** x with updates added at indices along an axis; duplicates add up exactly. */
export function scatterAdd(x: Value, indices: Value, updates: Value, axis: number): Value {
  return single(x.graph.apply('ScatterElements', [x, indices, updates], { axis, reduction: 'add' }));
}

/** x with elements at indices along an axis replaced; indices must not repeat. */
export function scatter(x: Value, indices: Value, updates: Value, axis: number): Value {
  return single(x.graph.apply('ScatterElements', [x, indices, updates], { axis, reduction: 'none' }));
}
