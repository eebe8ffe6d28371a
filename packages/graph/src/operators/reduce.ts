import type { AttributeKinds, OperatorAttributes } from '../attributes.js';
import { cast, div, equal, exp, mul, sign, sub } from '../functions/elementwise.js';
import { expand, reshape } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Backward, Operator, Operators } from '../operator.js';
import { concreteShape, normalAxis, type Shape } from '../shape.js';
import { known, required } from './inputs.js';

type Reduction =
  | 'ReduceSum'
  | 'ReduceMean'
  | 'ReduceMax'
  | 'ReduceMin'
  | 'ReduceProd'
  | 'ReduceL1'
  | 'ReduceL2'
  | 'ReduceLogSum'
  | 'ReduceLogSumExp'
  | 'ReduceSumSquare';

/** What a rule sees: the slope and the result with the reduced axes kept as size 1. */
interface Reduced {
  readonly g: Value;
  readonly x: Value;
  readonly y: Value;
  readonly axes: readonly number[];
}

export const reduceOperators: Operators<Reduction> = {
  ReduceSum: reduction('ReduceSum', ({ g, x }) => repeat(g, x)),
  ReduceMean: reduction('ReduceMean', ({ g, x, axes }) => {
    const sizes = concreteShape(
      'ReduceMean',
      axes.map((axis) => x.shape[axis] ?? 1),
    );
    return repeat(mul(g, 1 / sizes.reduce((product, size) => product * size, 1)), x);
  }),
  ReduceMax: reduction('ReduceMax', extremeSlope),
  ReduceMin: reduction('ReduceMin', extremeSlope),
  ReduceProd: reduction('ReduceProd', ({ g, x, y }) => div(mul(g, y), x)),
  ReduceL1: reduction('ReduceL1', ({ g, x }) => mul(sign(x), g)),
  ReduceL2: reduction('ReduceL2', ({ g, x, y }) => mul(x, div(g, y))),
  ReduceLogSum: reduction('ReduceLogSum', ({ g, x, y }) => repeat(div(g, exp(y)), x)),
  ReduceLogSumExp: reduction('ReduceLogSumExp', ({ g, x, y }) => mul(exp(sub(x, y)), g)),
  ReduceSumSquare: reduction('ReduceSumSquare', ({ g, x }) => mul(x, mul(g, 2))),
};

/** Equal extremes share the slope. */
function extremeSlope({ g, x, y, axes }: Reduced): Value {
  const hits = cast(equal(x, y), x.dtype);
  return mul(hits, div(g, sum(hits, { axes, keep: true })));
}

function reduction(name: Reduction, slope: (reduced: Reduced) => Value): Operator<Reduction> {
  const attributes: AttributeKinds<Reduction> = { keepdims: 'int', noop_with_empty_axes: 'int' };
  return {
    domain: '',
    attributes,
    defaults: { keepdims: 1 },
    shape: (inputs, given) => {
      const [x] = required(name, inputs, 1) as [Value];
      const kept = keptShape(x, axesOf(name, inputs, given));
      const shape =
        given.keepdims === 1
          ? kept.map((item) => item.size)
          : kept.filter((item) => !item.reduced).map((item) => item.size);
      return [{ dtype: x.dtype, shape }];
    },
    vjp: (node) => [slope(reducedOf(name, node))],
  };
}

function reducedOf(name: Reduction, { inputs, attributes, outputs, cotangents }: Backward<Reduction>): Reduced {
  const [x] = inputs as [Value];
  const axes = axesOf(name, inputs, attributes);
  const shape: Shape = keptShape(x, axes).map((item) => item.size);
  const [g, y] = [cotangents[0] as Value, outputs[0] as Value].map((value) => reshape(value, shape)) as [Value, Value];
  return { g, x, y, axes };
}

function keptShape(x: Value, axes: readonly number[]): readonly { size: Shape[number]; reduced: boolean }[] {
  return x.shape.map((size, axis) => (axes.includes(axis) ? { size: 1, reduced: true } : { size, reduced: false }));
}

function axesOf(
  name: Reduction,
  inputs: readonly (Value | undefined)[],
  attributes: OperatorAttributes[Reduction],
): readonly number[] {
  const [x] = required(name, inputs, 1) as [Value];
  const axes = inputs[1] === undefined ? [] : known(name, 'axes', inputs[1]);
  if (axes.length > 0) return axes.map((axis) => normalAxis(name, axis, x.shape.length));
  return attributes.noop_with_empty_axes === 1 ? [] : x.shape.map((_, axis) => axis);
}

function repeat(g: Value, x: Value): Value {
  return expand(g, concreteShape('the gradient of a sum', x.shape));
}
