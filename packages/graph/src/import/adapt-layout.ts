import { BioscanError } from '@bioscan/core';
import { concat, slice, split, squeeze, transpose, unsqueeze } from '../functions/layout.js';
import type { Value } from '../graph.js';
import { normalAxis } from '../shape.js';
import { axesOf, intAttribute, intsAttribute } from './attributes.js';
import { numbersOf } from './content.js';
import { inputContent, inputValue, type Adapter, type NodeContext } from './node-context.js';

export const layoutAdapters: Readonly<Record<string, Adapter>> = {
  Transpose: (context) => {
    const x = inputValue(context, 0);
    return [transpose(x, intsAttribute(context.node, 'perm') ?? x.shape.map((_, axis) => axis).reverse())];
  },
  Squeeze: (context) => {
    const x = inputValue(context, 0);
    const axes =
      axesOf(context.node, inputContent(context, 1)) ?? x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
    return [squeeze(x, axes)];
  },
  Unsqueeze: (context) => {
    const axes = axesOf(context.node, inputContent(context, 1));
    if (axes === undefined) throw new BioscanError('bad-file', 'graph: unsqueeze, got no axes, expected some');
    return [unsqueeze(inputValue(context, 0), axes)];
  },
  Concat: (context) => {
    const { node, scope } = context;
    const values = node.inputs.map((name) => scope.value(name)).filter((value) => !isEmpty(value));
    const [first] = values;
    if (first === undefined) throw new BioscanError('bad-file', 'graph: concat, got no inputs, expected some');
    return [values.length === 1 ? first : concat(values, intAttribute(node, 'axis'))];
  },
  Split: (context) => {
    const { node } = context;
    const x = inputValue(context, 0);
    const axis = normalAxis('split', intAttribute(node, 'axis', 0), x.shape.length);
    return split(x, axis, splitSizes(context, Number(x.shape[axis])));
  },
  Slice: (context) => {
    const x = inputValue(context, 0);
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((index) => knownInput(context, index));
    if (starts === undefined || ends === undefined) {
      throw new BioscanError('unsupported', 'graph: slice, got computed bounds, expected known ones');
    }
    return [
      starts.reduce((value, start, i) => {
        const axis = normalAxis('slice', axes?.[i] ?? i, x.shape.length);
        return cut(value, axis, start, ends[i] as number, steps?.[i] ?? 1);
      }, x),
    ];
  },
};

/** Like torch, some exporters join an empty tensor with the first real one. */
function isEmpty({ shape }: Value): boolean {
  return shape.length === 1 && shape[0] === 0;
}

function splitSizes(context: NodeContext, total: number): readonly number[] {
  const { node } = context;
  const given = inputContent(context, 1);
  if (given !== undefined) return numbersOf('split', given);
  if (!Number.isInteger(total))
    throw new BioscanError('unsupported', 'graph: split, got a symbolic size, expected a number');
  const parts = intAttribute(node, 'num_outputs', node.outputs.length);
  const size = Math.ceil(total / parts);
  return Array.from({ length: parts }, (_, i) => (i < parts - 1 ? size : total - size * (parts - 1)));
}

function knownInput(context: NodeContext, index: number): readonly number[] | undefined {
  const known = inputContent(context, index);
  if (known !== undefined) return numbersOf('slice', known);
  if ((context.node.inputs[index] ?? '') === '') return undefined;
  throw new BioscanError('unsupported', 'graph: slice, got computed bounds, expected known ones');
}

/** Most bounds of "everything" are written as 0 to the largest integer: then nothing is cut, and the size may be a symbol. */
function cut(x: Value, axis: number, start: number, end: number, step: number): Value {
  const size = x.shape[axis];
  if (start === 0 && step === 1 && (end > 2 ** 31 || end === size)) return x;
  const clamp = (bound: number): number => Math.max(Math.min(bound, 2 ** 31), -(2 ** 31));
  return slice(x, axis, clamp(start), clamp(end), step);
}
