import { elementCount } from '@bioscan/core';
import type { Graph, Node, Value } from '../src/graph.js';

/** A tensor of the interpreter: every element type as float64. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Evaluates a graph in float64, element by element: slow, simple, and itself checked against ONNX Runtime. */
export function interpret(graph: Graph, feeds: ReadonlyMap<Value, Dense>, outputs: readonly Value[]): readonly Dense[] {
  const known = new Map<Value, Dense>(feeds);
  const read = (value: Value): Dense => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (value.constant === undefined) throw new Error(`no value for ${value.name}`);
    return {
      shape: value.constant.shape,
      data: Float64Array.from(value.constant.data as ArrayLike<number | bigint>, Number),
    };
  };
  for (const node of graph.nodes) {
    const results = evaluate(
      node,
      node.inputs.map((input) => (input === undefined ? undefined : read(input))),
    );
    results.forEach((result, i) => {
      const output = node.outputs[i];
      if (output === undefined) return;
      if (output.shape.join() !== result.shape.join()) {
        throw new Error(`${node.operator}: the rule says (${output.shape.join()}), computed (${result.shape.join()})`);
      }
      known.set(output, result);
    });
  }
  return outputs.map(read);
}

interface Attributes {
  readonly alpha?: number;
  readonly beta?: number;
  readonly transA?: number;
  readonly transB?: number;
  readonly perm?: readonly number[];
  readonly axis?: number;
  readonly epsilon?: number;
  readonly reduction?: string;
}

type Inputs = readonly (Dense | undefined)[];

function evaluate(node: Node, inputs: Inputs): readonly Dense[] {
  const [x, y, z] = inputs as readonly Dense[];
  const attributes = node.attributes as Attributes;
  switch (node.operator) {
    case 'Add':
      return [broadcast(x!, y!, (a, b) => a + b)];
    case 'Sub':
      return [broadcast(x!, y!, (a, b) => a - b)];
    case 'Mul':
      return [broadcast(x!, y!, (a, b) => a * b)];
    case 'Div':
      return [broadcast(x!, y!, (a, b) => a / b)];
    case 'Pow':
      return [broadcast(x!, y!, (a, b) => a ** b)];
    case 'Equal':
      return [broadcast(x!, y!, (a, b) => Number(a === b))];
    case 'Less':
      return [broadcast(x!, y!, (a, b) => Number(a < b))];
    case 'Greater':
      return [broadcast(x!, y!, (a, b) => Number(a > b))];
    case 'And':
      return [broadcast(x!, y!, (a, b) => Number(a !== 0 && b !== 0))];
    case 'Or':
      return [broadcast(x!, y!, (a, b) => Number(a !== 0 || b !== 0))];
    case 'Not':
      return [map(x!, (a) => Number(a === 0))];
    case 'Neg':
      return [map(x!, (a) => -a)];
    case 'Abs':
      return [map(x!, Math.abs)];
    case 'Exp':
      return [map(x!, Math.exp)];
    case 'Log':
      return [map(x!, Math.log)];
    case 'Sqrt':
      return [map(x!, Math.sqrt)];
    case 'Reciprocal':
      return [map(x!, (a) => 1 / a)];
    case 'Erf':
      return [map(x!, errorFunction)];
    case 'Tanh':
      return [map(x!, Math.tanh)];
    case 'Relu':
      return [map(x!, (a) => Math.max(a, 0))];
    case 'Sigmoid':
      return [map(x!, (a) => 1 / (1 + Math.exp(-a)))];
    case 'Gelu':
      return [map(x!, (a) => 0.5 * a * (1 + errorFunction(a * Math.SQRT1_2)))];
    case 'Identity':
      return [x!];
    case 'Cast':
      return [x!];
    case 'Where':
      return [where(x!, y!, z!)];
    case 'MatMul':
      return [product(x!, y!, false, false, 1)];
    case 'FusedMatMul':
      return [product(x!, y!, attributes.transA === 1, attributes.transB === 1, attributes.alpha ?? 1)];
    case 'Gemm': {
      const base = product(x!, y!, attributes.transA === 1, attributes.transB === 1, attributes.alpha ?? 1);
      const beta = attributes.beta ?? 1;
      return [z === undefined ? base : broadcast(base, z, (a, b) => a + beta * b)];
    }
    case 'Transpose':
      return [transpose(x!, attributes.perm!)];
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return [{ shape: node.outputs[0]!.shape as readonly number[], data: x!.data }];
    case 'Expand':
      return [broadcast(x!, filled([...y!.data], 0), (a) => a)];
    case 'ConstantOfShape':
      return [filled([...x!.data], 0)];
    case 'Concat':
      return [concat(inputs as readonly Dense[], axisOf(x!, attributes.axis))];
    case 'Split':
      return split(x!, axisOf(x!, attributes.axis), [...y!.data]);
    case 'Slice':
      return [slice(x!, inputs as readonly Dense[])];
    case 'ReduceSum':
    case 'ReduceMean':
    case 'ReduceMax':
      return [reduce(node.operator, x!, y, node.outputs[0]!.shape as readonly number[])];
    case 'ArgMax':
      return [argmax(x!, axisOf(x!, attributes.axis), node.outputs[0]!.shape as readonly number[])];
    case 'Softmax':
      return [softmax(x!, axisOf(x!, attributes.axis), false)];
    case 'LogSoftmax':
      return [softmax(x!, axisOf(x!, attributes.axis), true)];
    case 'LayerNormalization':
      return layerNorm(x!, y!, z, attributes.epsilon ?? 0);
    case 'Gather':
      return [gather(x!, y!, axisOf(x!, attributes.axis))];
    case 'GatherElements':
      return [gatherElements(x!, y!, axisOf(x!, attributes.axis))];
    case 'ScatterElements':
      return [scatter(x!, y!, z!, axisOf(x!, attributes.axis), attributes.reduction === 'add')];
    case 'BiasGelu':
    case 'SkipLayerNormalization':
    case 'MultiHeadAttention':
    case 'DynamicQuantizeMatMul':
    case 'QuantizeLinear':
    case 'DequantizeLinear':
      throw new Error(`no float64 meaning of ${node.operator}: exports are compared with the plain graph`);
    default:
      return node.operator satisfies never;
  }
}

/** Index of each element, by walking all coordinates of a shape. */
function fill(shape: readonly number[], at: (coordinates: readonly number[]) => number): Dense {
  const data = new Float64Array(elementCount(shape));
  const coordinates = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = at(coordinates);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      coordinates[axis] = coordinates[axis]! + 1;
      if (coordinates[axis]! < shape[axis]!) break;
      coordinates[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at coordinates; leading extra coordinates are dropped and axes of size 1 repeat. */
function at({ shape, data }: Dense, coordinates: readonly number[]): number {
  const extra = coordinates.length - shape.length;
  return data[
    offset(
      shape,
      shape.map((size, axis) => (size === 1 ? 0 : coordinates[axis + extra]!)),
    )
  ]!;
}

function offset(shape: readonly number[], coordinates: readonly number[]): number {
  return shape.reduce((index, size, axis) => index * size + coordinates[axis]!, 0);
}

function filled(shape: readonly number[], value: number): Dense {
  return { shape, data: new Float64Array(elementCount(shape)).fill(value) };
}

function map(x: Dense, apply: (a: number) => number): Dense {
  return { shape: x.shape, data: x.data.map(apply) };
}

function joined(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}

function broadcast(x: Dense, y: Dense, apply: (a: number, b: number) => number): Dense {
  return fill(joined(x.shape, y.shape), (at_) => apply(at(x, at_), at(y, at_)));
}

function where(condition: Dense, x: Dense, y: Dense): Dense {
  return fill(joined(condition.shape, joined(x.shape, y.shape)), (at_) =>
    at(condition, at_) !== 0 ? at(x, at_) : at(y, at_),
  );
}

function product(x: Dense, y: Dense, transposeX: boolean, transposeY: boolean, scale: number): Dense {
  const [left, right] = [transposeX ? swapped(x) : x, transposeY ? swapped(y) : y];
  const inner = left.shape.at(-1)!;
  const batch = joined(left.shape.slice(0, -2), right.shape.slice(0, -2));
  return fill([...batch, left.shape.at(-2)!, right.shape.at(-1)!], (at_) => {
    const [row, column] = at_.slice(-2) as [number, number];
    let total = 0;
    for (let k = 0; k < inner; k++)
      total += at(left, [...at_.slice(0, -2), row, k]) * at(right, [...at_.slice(0, -2), k, column]);
    return scale * total;
  });
}

function swapped(x: Dense): Dense {
  const rank = x.shape.length;
  return transpose(
    x,
    [...x.shape.keys()].map((i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i)),
  );
}

function transpose(x: Dense, order: readonly number[]): Dense {
  return fill(
    order.map((axis) => x.shape[axis]!),
    (at_) =>
      at(
        x,
        x.shape.map((_, axis) => at_[order.indexOf(axis)]!),
      ),
  );
}

function axisOf(x: Dense, axis: number | undefined): number {
  return axis! < 0 ? axis! + x.shape.length : axis!;
}

function concat(parts: readonly Dense[], axis: number): Dense {
  const shape = parts[0]!.shape.map((size, i) =>
    i === axis ? parts.reduce((sum, part) => sum + part.shape[axis]!, 0) : size,
  );
  return fill(shape, (at_) => {
    let rest = at_[axis]!;
    for (const part of parts) {
      if (rest < part.shape[axis]!)
        return at(
          part,
          at_.map((c, i) => (i === axis ? rest : c)),
        );
      rest -= part.shape[axis]!;
    }
    throw new Error('beyond the parts');
  });
}

function split(x: Dense, axis: number, sizes: readonly number[]): Dense[] {
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return fill(
      x.shape.map((old, i) => (i === axis ? size : old)),
      (at_) =>
        at(
          x,
          at_.map((c, i) => (i === axis ? c + from : c)),
        ),
    );
  });
}

function slice(x: Dense, inputs: readonly Dense[]): Dense {
  const picks = x.shape.map((size) => [...Array(size).keys()]);
  inputs[3]!.data.forEach((axis, i) => {
    const at_ = axis < 0 ? axis + x.shape.length : axis;
    const step = inputs[4]!.data[i]!;
    const size = x.shape[at_]!;
    const [first, last] = [inputs[1]!.data[i]!, inputs[2]!.data[i]!].map((c) => (c < 0 ? c + size : c)) as [
      number,
      number,
    ];
    picks[at_] = picks[at_]!.filter((c) =>
      step > 0 ? c >= first && c < last && (c - Math.max(first, 0)) % step === 0 : false,
    );
    if (step < 0) {
      picks[at_] = [];
      for (let c = Math.min(first, size - 1); c > Math.max(last, -1); c += step) picks[at_].push(c);
    }
  });
  return fill(
    picks.map((pick) => pick.length),
    (at_) =>
      at(
        x,
        at_.map((c, i) => picks[i]![c]!),
      ),
  );
}

function reduce(kind: string, x: Dense, axes: Dense | undefined, shape: readonly number[]): Dense {
  const reduced = new Set(axes === undefined ? x.shape.keys() : [...axes.data].map((axis) => axisOf(x, axis)));
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const result = filled(kept, kind === 'ReduceMax' ? -Infinity : 0).data;
  const count = x.data.length / result.length;
  fill(x.shape, (at_) => {
    const to = offset(
      kept,
      at_.map((c, axis) => (reduced.has(axis) ? 0 : c)),
    );
    const value = at(x, at_);
    result[to] =
      kind === 'ReduceMax'
        ? Math.max(result[to]!, value)
        : result[to]! + (kind === 'ReduceMean' ? value / count : value);
    return 0;
  });
  return { shape, data: result };
}

function argmax(x: Dense, axis: number, shape: readonly number[]): Dense {
  const kept = x.shape.map((size, i) => (i === axis ? 1 : size));
  const best = fill(kept, (at_) => {
    let top = 0;
    const value = (c: number): number =>
      at(
        x,
        at_.map((old, i) => (i === axis ? c : old)),
      );
    for (let c = 1; c < x.shape[axis]!; c++) if (value(c) > value(top)) top = c;
    return top;
  });
  return { shape, data: best.data };
}

function softmax(x: Dense, axis: number, logarithm: boolean): Dense {
  return fill(x.shape, (at_) => {
    let total = 0;
    const own = at(x, at_);
    for (let c = 0; c < x.shape[axis]!; c++)
      total += Math.exp(
        at(
          x,
          at_.map((old, i) => (i === axis ? c : old)),
        ) - own,
      );
    return logarithm ? -Math.log(total) : 1 / total;
  });
}

function layerNorm(x: Dense, scale: Dense, shift: Dense | undefined, epsilon: number): Dense[] {
  const width = scale.data.length;
  const y = new Float64Array(x.data.length);
  const rows = x.data.length / width;
  const [means, inverses] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const values = x.data.subarray(row * width, (row + 1) * width);
    const mean = values.reduce((a, b) => a + b, 0) / width;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
    means[row] = mean;
    inverses[row] = 1 / Math.sqrt(variance + epsilon);
    values.forEach((value, i) => {
      y[row * width + i] = (value - mean) * inverses[row]! * scale.data[i]! + (shift?.data[i] ?? 0);
    });
  }
  const shape = x.shape.map((size, i) => (i < x.shape.length - scale.shape.length ? size : 1));
  return [
    { shape: x.shape, data: y },
    { shape, data: means },
    { shape, data: inverses },
  ];
}

function gather(x: Dense, indices: Dense, axis: number): Dense {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return fill(shape, (at_) => {
    const chosen = at(indices, at_.slice(axis, axis + indices.shape.length));
    return at(x, [...at_.slice(0, axis), chosen, ...at_.slice(axis + indices.shape.length)]);
  });
}

function gatherElements(x: Dense, indices: Dense, axis: number): Dense {
  return fill(
    indices.shape,
    (at_) =>
      x.data[
        offset(
          x.shape,
          at_.map((c, i) => (i === axis ? at(indices, at_) : c)),
        )
      ]!,
  );
}

function scatter(x: Dense, indices: Dense, updates: Dense, axis: number, adds: boolean): Dense {
  const data = x.data.slice();
  fill(indices.shape, (at_) => {
    const to = offset(
      x.shape,
      at_.map((c, i) => (i === axis ? at(indices, at_) : c)),
    );
    data[to] = (adds ? data[to]! : 0) + at(updates, at_);
    return 0;
  });
  return { shape: x.shape, data };
}

/** erf by its Maclaurin series, and by the continued fraction of erfc beyond 3: full float64 precision (Abramowitz & Stegun 7.1.5, 7.1.14). */
function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < 3) {
    let term = size;
    let total = size;
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= (-size * size) / n;
      total += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * total) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
}
