import { BioscanError, tensor } from '@bioscan/core';
import type { Value } from '../graph.js';
import { normalAxis, productOf, quotientOf, showShape, type Dimension, type Shape } from '../shape.js';
import { single } from './elementwise.js';

/** x with its axes in another order: axis i of the result is axis `order[i]` of x. */
export function transpose(x: Value, order: readonly number[]): Value {
  return single(x.graph.apply('Transpose', [x], { perm: order }));
}

/** The same elements in another shape; one dimension may be -1. */
export function reshape(x: Value, shape: Shape): Value {
  const target = completeShape(x, shape);
  const symbols = target.filter((dimension) => typeof dimension === 'string').length;
  // ONNX writes a symbol as 0 (the input's dimension at that axis) or as the one -1.
  const sizes = target.map((dimension, axis) => {
    if (typeof dimension === 'number') return dimension;
    return symbols > 1 && x.shape[axis] === dimension ? 0 : -1;
  });
  return single(x.graph.apply('Reshape', [x, x.graph.integers(sizes)], {}));
}

function completeShape(x: Value, shape: Shape): Shape {
  const open = shape.indexOf(-1);
  if (open < 0) return shape;
  const rest = shape.filter((_, axis) => axis !== open);
  const size = quotientOf(productOf(x.shape), productOf(rest));
  if (size === undefined || rest.includes(-1)) {
    throw new BioscanError(
      'mismatch',
      `graph: reshape, got ${showShape(x.shape)} to ${showShape(shape)}, expected one -1 that makes the sizes agree`,
    );
  }
  return shape.map((dimension, axis) => (axis === open ? size : dimension));
}

/** x repeated along axes of size 1 (and new leading axes) to `shape`. */
export function expand(x: Value, shape: readonly number[]): Value {
  return single(x.graph.apply('Expand', [x, x.graph.integers(shape)], {}));
}

/** Removes axes of size 1. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  return single(x.graph.apply('Squeeze', [x, x.graph.integers(axes)], {}));
}

/** Inserts axes of size 1 at these places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  return single(x.graph.apply('Unsqueeze', [x, x.graph.integers(axes)], {}));
}

/** Values joined along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new RangeError('graph: concat needs at least one value');
  return single(first.graph.apply('Concat', values, { axis }));
}

/** Elements `start` to `end` (exclusive; both may count from the end) of an axis, every `step`-th. */
export function slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
  const { graph } = x;
  const inputs = [x, ...[start, end, axis, step].map((number) => graph.integers([number]))];
  return single(graph.apply('Slice', inputs, {}));
}

/** Cuts of several axes at once, as {@link slice} cuts one. */
export function slices(x: Value, cuts: readonly Cut[]): Value {
  const whole = cuts.every(({ axis, start, end, step }) => start === 0 && step === 1 && end === x.shape.at(axis));
  if (whole) return x;
  const columns = [
    cuts.map((cut) => cut.start),
    cuts.map((cut) => cut.end),
    cuts.map((cut) => cut.axis),
    cuts.map((cut) => cut.step),
  ];
  return single(x.graph.apply('Slice', [x, ...columns.map((column) => x.graph.integers(column))], {}));
}

export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface PadOptions {
  /** Elements added before and after each axis. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** Default 'constant': zeros. */
  readonly mode?: 'constant' | 'reflect' | 'edge';
  /** What 'constant' adds. Default 0. */
  readonly value?: number;
}

/** x with its axes made longer. */
export function pad(x: Value, options: PadOptions): Value {
  const { begins, ends, mode = 'constant', value = 0 } = options;
  const inputs = [x, x.graph.integers([...begins, ...ends]), ...(value === 0 ? [] : [x.graph.scalar(value, x.dtype)])];
  return single(x.graph.apply('Pad', inputs, { mode }));
}

/** Parts of given sizes along an axis; their sum is the axis. */
export function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  return x.graph.apply('Split', [x, x.graph.integers(sizes)], { axis });
}

/** A zero-filled float32 value. */
export function zeros(like: Value, shape: readonly number[]): Value {
  const attributes = { value: tensor('float32', [1], new Float32Array(1)) };
  return single(like.graph.apply('ConstantOfShape', [like.graph.integers(shape)], attributes));
}

/** Size of an axis. */
export function sizeOf(x: Value, axis: number): Dimension {
  return x.shape[normalAxis('axis', axis, x.shape.length)] as Dimension;
}
