import type { OperatorName } from '../attributes.js';
import { abs, add, div, mul, sigmoid, single, softplus, sub, tanh } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Backward, Operator, Operators } from '../operator.js';
import { broadcastShapes, sameShape, showShape } from '../shape.js';
import { BioscanError } from '@bioscan/core';
import { required } from './inputs.js';
import { inside, step } from './step.js';
import { unbroadcast } from './unbroadcast.js';

type Activation =
  | 'HardSigmoid'
  | 'HardSwish'
  | 'LeakyRelu'
  | 'PRelu'
  | 'ThresholdedRelu'
  | 'Elu'
  | 'Selu'
  | 'Celu'
  | 'Softplus'
  | 'Softsign'
  | 'Mish'
  | 'Clip';

const seluAlpha = 1.6732632423543772;
const seluGamma = 1.0507009873554805;

export const activationOperators: Operators<Activation> = {
  HardSigmoid: activation({ alpha: 'float', beta: 'float' }, ({ outputs, attributes: { alpha = 0.2 }, cotangents }) => {
    const [z] = outputs as [Value];
    return mul(mul(cotangents[0] as Value, alpha), mul(step(z), step(add(mul(z, -1), 1))));
  }),
  HardSwish: activation({}, ({ inputs, cotangents }) => {
    const [x] = inputs as [Value];
    const gate = hardSigmoid(x, 1 / 6, 0.5);
    const rising = mul(step(gate), step(add(mul(gate, -1), 1)));
    return mul(cotangents[0] as Value, add(gate, mul(mul(x, 1 / 6), rising)));
  }),
  LeakyRelu: activation({ alpha: 'float' }, ({ inputs, attributes: { alpha = 0.01 }, cotangents }) =>
    mul(cotangents[0] as Value, add(mul(step(inputs[0] as Value), 1 - alpha), alpha)),
  ),
  PRelu: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, slope] = required('prelu', inputs, 2) as [Value, Value];
      if (!sameShape(broadcastShapes('prelu', x.shape, slope.shape), x.shape)) {
        throw new BioscanError(
          'mismatch',
          `graph: prelu, got a slope ${showShape(slope.shape)} for ${showShape(x.shape)}`,
        );
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, cotangents }) => {
      const [x, slope] = inputs as [Value, Value];
      const g = cotangents[0] as Value;
      const below = add(mul(step(x), -1), 1);
      return [mul(g, add(mul(below, sub(slope, 1)), 1)), unbroadcast(mul(g, mul(x, below)), slope)];
    },
  },
  ThresholdedRelu: activation({ alpha: 'float' }, ({ inputs, attributes: { alpha = 1 }, cotangents }) =>
    mul(cotangents[0] as Value, step(sub(inputs[0] as Value, alpha))),
  ),
  Elu: activation({ alpha: 'float' }, (node) => exponentialSlope(node, 1, node.attributes.alpha ?? 1, 1)),
  Selu: activation({ alpha: 'float', gamma: 'float' }, (node) => {
    const { alpha = seluAlpha, gamma = seluGamma } = node.attributes;
    return exponentialSlope(node, gamma, alpha * gamma, 1);
  }),
  Celu: activation({ alpha: 'float' }, (node) => exponentialSlope(node, 1, 1, 1 / (node.attributes.alpha ?? 1))),
  Softplus: activation({}, ({ inputs, cotangents }) => mul(cotangents[0] as Value, sigmoid(inputs[0] as Value))),
  Softsign: activation({}, ({ inputs, cotangents }) => {
    const size = add(abs(inputs[0] as Value), 1);
    return div(cotangents[0] as Value, mul(size, size));
  }),
  Mish: activation({}, ({ inputs, cotangents }) => {
    const [x] = inputs as [Value];
    const gate = tanh(softplus(x));
    const rising = mul(sigmoid(x), add(mul(mul(gate, gate), -1), 1));
    return mul(cotangents[0] as Value, add(gate, mul(x, rising)));
  }),
  Clip: {
    domain: '',
    attributes: {},
    shape: sameAsInput,
    vjp: ({ inputs, outputs, cotangents }) => [inside(cotangents[0] as Value, inputs[0] as Value, outputs[0] as Value)],
  },
};

/** Slope of x above 0 and of (y · rate + curve) below, where the output is `gamma` x or an exponential. */
function exponentialSlope(
  { inputs, outputs, cotangents }: Backward<OperatorName>,
  gamma: number,
  curve: number,
  rate: number,
): Value {
  const above = step(inputs[0] as Value);
  const below = add(mul(outputs[0] as Value, rate), curve);
  return mul(cotangents[0] as Value, add(mul(above, gamma), mul(add(mul(above, -1), 1), below)));
}

function activation<Name extends Activation>(
  attributes: Operator<Name>['attributes'],
  slope: (node: Backward<Name>) => Value,
): Operator<Name> {
  return { domain: '', attributes, shape: sameAsInput, vjp: (node) => [slope(node)] };
}

function sameAsInput(inputs: readonly (Value | undefined)[]): readonly [Pick<Value, 'dtype' | 'shape'>] {
  const [x] = required('activation', inputs, 1) as [Value];
  return [{ dtype: x.dtype, shape: x.shape }];
}

function hardSigmoid(x: Value, alpha: number, beta: number): Value {
  return single(x.graph.apply('HardSigmoid', [x], { alpha, beta }));
}
