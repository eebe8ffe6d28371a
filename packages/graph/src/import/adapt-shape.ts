import { BioscanError, tensor, type Tensor } from '@bioscan/core';
import type { Value } from '../graph.js';
import { where, equal, or, not } from '../functions/elementwise.js';
import { expand, reshape, slice } from '../functions/layout.js';
import { broadcastShapes, normalAxis, productOf, showShape, type Dimension, type Shape } from '../shape.js';
import { intAttribute } from './attributes.js';
import { content, type Content } from './content.js';
import { inputContent, inputValue, type Adapter, type NodeContext } from './node-context.js';

/** What a file asks of shapes is known while building; a symbolic batch stays a symbol. */
export const shapeAdapters: Readonly<Record<string, Adapter>> = {
  Constant: (context) => [{ tensor: constantOf(context) }],
  Shape: (context) => {
    const shape = dimensionsOf(context);
    const rank = shape.length;
    const bound = (name: string, fallback: number): number => {
      const at = intAttribute(context.node, name, fallback);
      return Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
    };
    const part = shape.slice(bound('start', 0), bound('end', rank));
    return [{ content: content('int64', [part.length], part) }];
  },
  Size: (context) => [{ content: content('int64', [], [productOf(dimensionsOf(context))]) }],
  Reshape: (context) => {
    const x = inputValue(context, 0);
    const target = shapeInput(context, 1);
    const keepsZero = intAttribute(context.node, 'allowzero', 0) === 1;
    return [
      reshape(
        x,
        target.map((size, axis) => (size === 0 && !keepsZero ? dimensionAt(x, axis) : size)),
      ),
    ];
  },
  Flatten: (context) => {
    const x = inputValue(context, 0);
    const rank = x.shape.length;
    const axis = intAttribute(context.node, 'axis', 1);
    const at = axis === rank ? rank : normalAxis('flatten', axis, rank);
    return [reshape(x, [productOf(x.shape.slice(0, at)), productOf(x.shape.slice(at))])];
  },
  Expand: (context) => {
    const x = inputValue(context, 0);
    return [expandTo(context, x, broadcastShapes('expand', x.shape, shapeInput(context, 1)))];
  },
  ConstantOfShape: (context) => {
    const { value } = context.node.attributes;
    const given = typeof value === 'object' && 'dtype' in value ? value : tensor('float32', [1], new Float32Array(1));
    const fill = context.graph.constant({ ...given, shape: [] });
    return [expandTo(context, fill, shapeInput(context, 0))];
  },
};

/** The shape of the first input, without making a value of it. */
function dimensionsOf(context: NodeContext): Shape {
  const known = inputContent(context, 0);
  return known?.shape ?? inputValue(context, 0).shape;
}

function constantOf({ node }: NodeContext): Tensor {
  const { value, value_int: int, value_ints: ints, value_float: float, value_floats: floats } = node.attributes;
  if (typeof value === 'object' && 'dtype' in value) return value;
  if (typeof int === 'number') return tensor('int64', [], BigInt64Array.of(BigInt(int)));
  if (typeof float === 'number') return tensor('float32', [], Float32Array.of(float));
  if (Array.isArray(ints)) return tensor('int64', [ints.length], BigInt64Array.from(ints as number[], BigInt));
  if (Array.isArray(floats)) return tensor('float32', [floats.length], Float32Array.from(floats as number[]));
  throw new BioscanError('unsupported', 'graph: constant, got another kind of value, expected a tensor or numbers');
}

/** A shape given as an input; its sizes may be symbols. */
export function shapeInput(context: NodeContext, index: number): Shape {
  const known: Content | undefined = inputContent(context, index);
  if (known !== undefined && known.shape.length <= 1) return known.elements;
  const got = context.node.inputs[index] ?? '';
  throw new BioscanError('unsupported', `graph: shape '${got}', got one computed from data, expected a known one`);
}

function dimensionAt(x: Value, axis: number): Dimension {
  const size = x.shape[axis];
  if (size !== undefined) return size;
  throw new BioscanError('mismatch', `graph: reshape of ${showShape(x.shape)}, got 0 on axis ${axis}, expected a size`);
}

/** x repeated to a shape. Sizes that are symbols are taken over from a value that has them, since they are known only at run time. */
function expandTo(context: NodeContext, x: Value, shape: Shape): Value {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  let repeated = sameSizes(x.shape, sizes) ? x : expand(x, broadcastShapes('expand', x.shape, sizes) as number[]);
  shape.forEach((size, axis) => {
    if (typeof size === 'number' || repeated.shape[axis] === size) return;
    repeated = where(alwaysTrue(context, size, shape.length - axis), repeated, repeated);
  });
  return repeated;
}

/** True in the shape (size, 1, …, 1) of `rank` axes: one element of each row of an input compared with itself. */
function alwaysTrue({ graph }: NodeContext, size: Dimension, rank: number): Value {
  const source = graph.inputs.find((input) => input.shape[0] === size);
  if (source === undefined) {
    throw new BioscanError(
      'unsupported',
      `graph: shape, got the size ${size}, expected that of the first axis of an input`,
    );
  }
  const column = source.shape.reduce<Value>(
    (value, _, axis) => (axis === 0 ? value : slice(value, axis, 0, 1)),
    source,
  );
  const same = equal(column, column);
  return reshape(or(same, not(same)), [size, ...Array.from({ length: rank - 1 }, () => 1)]);
}

function sameSizes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
