import { elementCount, type DType } from '@bioscan/core';
import { broadcastShapes, normalAxis, type Dimension } from '../shape.js';
import { broadcastOffsets, content, largestContent, numbersOf, type Content } from './content.js';
import { foldArithmetic } from './fold-arithmetic.js';
import type { OnnxNode } from './onnx-model.js';
import { axesOf, castTarget, intAttribute, intsAttribute } from './attributes.js';

/** What a fold sees: the node and its inputs, all known. */
interface Folded {
  readonly node: OnnxNode;
  readonly inputs: readonly (Content | undefined)[];
}

type Fold = (folded: Folded) => Content | undefined;

/**
 * Computes a node whose inputs are known: the arithmetic on shapes that exporters leave in a file.
 * Undefined when the operator is none of these, the result is large, or it needs a number for a symbol.
 */
export function fold(node: OnnxNode, inputs: readonly (Content | undefined)[]): Content | undefined {
  if (node.domain !== '' || node.outputs.length !== 1) return undefined;
  const arithmetic = foldArithmetic(node.operator, inputs);
  if (arithmetic !== undefined) return arithmetic;
  const rule = Object.hasOwn(folds, node.operator) ? folds[node.operator] : undefined;
  const result = rule?.({ node, inputs });
  return result === undefined || result.elements.length > largestContent ? undefined : result;
}

const folds: Readonly<Record<string, Fold>> = {
  Identity: ({ inputs: [x] }) => x,
  Cast: ({ node, inputs: [x] }) => x && cast(x, castTarget(node)),
  CastLike: ({ inputs: [x, like] }) => x && like && cast(x, like.dtype),
  Reshape: ({ node, inputs: [x, target] }) => x && target && reshape(x, target, intAttribute(node, 'allowzero', 0)),
  Squeeze: (folded) => restructure(folded, false),
  Unsqueeze: (folded) => restructure(folded, true),
  Concat: ({ node, inputs }) => concat(inputs as readonly Content[], intAttribute(node, 'axis', 0)),
  Gather: ({ node, inputs: [x, indices] }) => x && indices && gather(x, indices, intAttribute(node, 'axis', 0)),
  Slice: slice,
  Transpose: ({ node, inputs: [x] }) => x && transpose(x, node),
  ConstantOfShape: ({ node, inputs: [shape] }) => shape && filled(node, shape),
  Expand: ({ inputs: [x, shape] }) => x && shape && expand(x, shape),
  Range: ({ inputs: [start, limit, delta] }) => start && limit && delta && range(start, limit, delta),
  ReduceProd: ({ node, inputs: [x] }) => x && product(x, node),
};

function cast(x: Content, dtype: DType): Content {
  const whole = dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16';
  const convert = (element: Dimension): Dimension => {
    if (typeof element === 'string') return element;
    if (dtype === 'bool') return element === 0 ? 0 : 1;
    if (dtype === 'float32') return Math.fround(element);
    return whole ? Math.trunc(element) : element;
  };
  return content(dtype, x.shape, x.elements.map(convert));
}

function reshape(x: Content, target: Content, allowZero: number): Content | undefined {
  const sizes = numbersOf('reshape', target).map((size, axis) =>
    size === 0 && allowZero === 0 ? (x.shape[axis] ?? 0) : size,
  );
  const open = sizes.indexOf(-1);
  const rest = sizes.reduce((total, size, axis) => (axis === open ? total : total * size), 1);
  if (open >= 0) sizes[open] = x.elements.length / rest;
  return elementCount(sizes) === x.elements.length ? content(x.dtype, sizes, x.elements) : undefined;
}

function restructure({ node, inputs: [x, axesInput] }: Folded, insert: boolean): Content | undefined {
  if (x === undefined) return undefined;
  const places = axesOf(node, axesInput);
  if (!insert) {
    const axes = places?.map((axis) => normalAxis('squeeze', axis, x.shape.length));
    const shape = x.shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
    return elementCount(shape) === x.elements.length ? content(x.dtype, shape, x.elements) : undefined;
  }
  if (places === undefined) return undefined;
  const rank = x.shape.length + places.length;
  const axes = places.map((axis) => normalAxis('unsqueeze', axis, rank));
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)));
  return content(x.dtype, shape, x.elements);
}

function concat(parts: readonly Content[], axis: number): Content | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const at = normalAxis('concat', axis, first.shape.length);
  const total = parts.reduce((sum, part) => sum + (part.shape[at] ?? 0), 0);
  const outer = elementCount(first.shape.slice(0, at));
  const elements = Array.from({ length: outer }, (_, i) =>
    parts.flatMap((part) => {
      const run = part.elements.length / outer;
      return part.elements.slice(i * run, (i + 1) * run);
    }),
  ).flat();
  return content(
    first.dtype,
    first.shape.map((size, i) => (i === at ? total : size)),
    elements,
  );
}

function gather(x: Content, indices: Content, axis: number): Content | undefined {
  const at = normalAxis('gather', axis, x.shape.length);
  const size = x.shape[at] as number;
  const places = numbersOf('gather', indices).map((place) => (place < 0 ? place + size : place));
  if (places.some((place) => place < 0 || place >= size)) return undefined;
  const { elements } = take(x, at, places);
  return content(x.dtype, [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], elements);
}

/** Places of one axis, in any order. */
function take(x: Content, axis: number, places: readonly number[]): Content {
  const size = x.shape[axis] as number;
  const inner = elementCount(x.shape.slice(axis + 1));
  const outer = elementCount(x.shape.slice(0, axis));
  const elements = Array.from({ length: outer }, (_, i) =>
    places.flatMap((place) => x.elements.slice((i * size + place) * inner, (i * size + place + 1) * inner)),
  ).flat();
  return content(
    x.dtype,
    x.shape.map((old, at) => (at === axis ? places.length : old)),
    elements,
  );
}

function slice({ inputs: [x, starts, ends, axes, steps] }: Folded): Content | undefined {
  if (x === undefined || starts === undefined || ends === undefined) return undefined;
  const [from, to] = [numbersOf('slice', starts), numbersOf('slice', ends)];
  const on = axes === undefined ? from.map((_, i) => i) : numbersOf('slice', axes);
  const by = steps === undefined ? from.map(() => 1) : numbersOf('slice', steps);
  if (by.includes(0)) return undefined;
  return from.reduce<Content>((part, start, i) => {
    const axis = normalAxis('slice', on[i] ?? i, part.shape.length);
    return take(part, axis, placesOf(part.shape[axis] as number, start, to[i] ?? 0, by[i] ?? 1));
  }, x);
}

function placesOf(size: number, start: number, end: number, step: number): readonly number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const at = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + size : bound, low), high);
  const first = at(start);
  const count = Math.max(0, Math.ceil((at(end) - first) / step));
  return Array.from({ length: count }, (_, i) => first + i * step);
}

function transpose(x: Content, node: OnnxNode): Content | undefined {
  const order = intsAttribute(node, 'perm') ?? x.shape.map((_, axis) => axis).reverse();
  if ([...order].sort((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join()) return undefined;
  const strides = x.shape.map((_, axis) => elementCount(x.shape.slice(axis + 1)));
  const offsets = order.reduce<readonly number[]>(
    (all, axis) =>
      all.flatMap((offset) =>
        Array.from({ length: x.shape[axis] as number }, (_, i) => offset + i * (strides[axis] as number)),
      ),
    [0],
  );
  return content(
    x.dtype,
    order.map((axis) => x.shape[axis] as number),
    offsets.map((offset) => x.elements[offset] as Dimension),
  );
}

function filled(node: OnnxNode, shape: Content): Content | undefined {
  const value = node.attributes['value'];
  const given = typeof value === 'object' && 'dtype' in value ? value : undefined;
  const sizes = shape.elements;
  if (!sizes.every((size) => typeof size === 'number')) return undefined;
  if (elementCount(sizes) > largestContent || !sizes.every((size) => size >= 0)) return undefined;
  const fill = Number(given?.data[0] ?? 0);
  return content(given?.dtype ?? 'float32', sizes, new Array<number>(elementCount(sizes)).fill(fill));
}

function expand(x: Content, target: Content): Content | undefined {
  if (!target.elements.every((size) => typeof size === 'number')) return undefined;
  const shape = broadcastShapes('expand', x.shape, target.elements) as readonly number[];
  if (elementCount(shape) > largestContent) return undefined;
  return content(
    x.dtype,
    shape,
    broadcastOffsets(x.shape, shape).map((offset) => x.elements[offset] as Dimension),
  );
}

function range(start: Content, limit: Content, delta: Content): Content | undefined {
  const bounds = [start, limit, delta].map((item) => item.elements[0]);
  const [from, to, by] = bounds as readonly number[];
  if (!bounds.every((bound) => typeof bound === 'number') || !by) return undefined;
  const count = Math.max(0, Math.ceil((Number(to) - Number(from)) / by));
  if (!(count <= largestContent)) return undefined;
  return content(
    start.dtype,
    [count],
    Array.from({ length: count }, (_, i) => Number(from) + i * by),
  );
}

function product(x: Content, node: OnnxNode): Content | undefined {
  if (x.shape.length > 1 || !x.elements.every((element) => typeof element === 'number')) return undefined;
  const kept = intAttribute(node, 'keepdims', 1) === 1 ? x.shape.map(() => 1) : [];
  return content(x.dtype, kept, [x.elements.reduce((a, b) => a * b, 1)]);
}
