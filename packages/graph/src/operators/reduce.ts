import { cast, div, equal, mul } from '../functions/elementwise.js';
import { expand, reshape } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Backward, Operator, Operators } from '../operator.js';
import { concreteShape, normalAxis, type Shape } from '../shape.js';
import { known, required } from './inputs.js';

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax';

export const reduceOperators: Operators<Reduction> = {
  ReduceSum: reduction('ReduceSum', (g, x) => repeat(g, x)),
  ReduceMean: reduction('ReduceMean', (g, x, node) => {
    const axes = axesOf('ReduceMean', node.inputs);
    const sizes = concreteShape(
      'ReduceMean',
      axes.map((axis) => x.shape[axis] ?? 1),
    );
    return repeat(mul(g, 1 / sizes.reduce((product, size) => product * size, 1)), x);
  }),
  ReduceMax: reduction('ReduceMax', (g, x, node) => {
    const top = reshape(node.outputs[0] as Value, g.shape);
    const hits = cast(equal(x, top), x.dtype);
    const count = sum(hits, { axes: axesOf('ReduceMax', node.inputs), keep: true });
    return mul(hits, div(g, count));
  }),
};

/** `slope` gets the cotangent with reduced axes kept as size 1. */
function reduction(
  name: Reduction,
  slope: (g: Value, x: Value, node: Backward<Reduction>) => Value,
): Operator<Reduction> {
  return {
    domain: '',
    attributes: { keepdims: 'int' },
    defaults: { keepdims: 1 },
    shape: (inputs, { keepdims }) => {
      const [x] = required(name, inputs, 1) as [Value];
      const kept = keptShape(x, axesOf(name, inputs));
      const shape =
        keepdims === 1 ? kept.map((item) => item.size) : kept.filter((item) => !item.reduced).map((item) => item.size);
      return [{ dtype: x.dtype, shape }];
    },
    vjp: (node) => {
      const [x] = node.inputs as [Value];
      const shape: Shape = keptShape(x, axesOf(name, node.inputs)).map((item) => item.size);
      return [slope(reshape(node.cotangents[0] as Value, shape), x, node)];
    },
  };
}

function keptShape(x: Value, axes: readonly number[]): readonly { size: Shape[number]; reduced: boolean }[] {
  return x.shape.map((size, axis) => (axes.includes(axis) ? { size: 1, reduced: true } : { size, reduced: false }));
}

function axesOf(name: Reduction, inputs: readonly (Value | undefined)[]): readonly number[] {
  const [x] = required(name, inputs, 1) as [Value];
  if (inputs[1] === undefined) return x.shape.map((_, axis) => axis);
  return known(name, 'axes', inputs[1]).map((axis) => normalAxis(name, axis, x.shape.length));
}

function repeat(g: Value, x: Value): Value {
  return expand(g, concreteShape('the gradient of a sum', x.shape));
}
