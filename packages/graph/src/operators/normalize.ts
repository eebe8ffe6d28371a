import { BioscanError } from '@bioscan/core';
import { exp, mul, neg, sub } from '../functions/elementwise.js';
import { scatterAdd } from '../functions/indexing.js';
import { mean, sum } from '../functions/reduce.js';
import type { Node, Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { normalAxis, sameShape, showShape } from '../shape.js';
import { required } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

export const normalizeOperators: Operators<'Softmax' | 'LogSoftmax' | 'LayerNormalization'> = {
  Softmax: {
    domain: '',
    attributes: { axis: 'int' },
    defaults: { axis: -1 },
    shape: (inputs, { axis }) => [alongAxis('softmax', inputs, axis)],
    vjp: ({ outputs, attributes: { axis }, cotangents }) => {
      const [y] = outputs as [Value];
      const weighted = mul(cotangents[0] as Value, y);
      return [sub(weighted, mul(y, sum(weighted, { axes: [axis], keep: true })))];
    },
  },
  LogSoftmax: {
    domain: '',
    attributes: { axis: 'int' },
    defaults: { axis: -1 },
    shape: (inputs, { axis }) => [alongAxis('logSoftmax', inputs, axis)],
    vjp: ({ outputs, attributes: { axis }, cotangents }) => [
      logSoftmaxSlope(outputs[0] as Value, cotangents[0] as Value, axis),
    ],
  },
  LayerNormalization: {
    domain: '',
    attributes: { axis: 'int', epsilon: 'float' },
    defaults: { axis: -1, epsilon: 1e-5 },
    shape: (inputs, { axis }) => {
      const [x, scale] = required('layerNorm', inputs, 2) as [Value, Value];
      const at = normalAxis('layerNorm', axis, x.shape.length);
      for (const weight of [scale, inputs[2] ?? scale]) {
        if (sameShape(weight.shape, x.shape.slice(at))) continue;
        throw new BioscanError(
          'mismatch',
          `graph: layerNorm of ${showShape(x.shape)}, got a weight ${showShape(weight.shape)}, expected ${showShape(x.shape.slice(at))}`,
        );
      }
      const statistics = { dtype: 'float32', shape: x.shape.map((size, i) => (i < at ? size : 1)) } as const;
      return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
    },
    optionalOutputs: 2,
    vjp: layerNormSlopes,
  },
};

function alongAxis(
  operator: string,
  inputs: readonly (Value | undefined)[],
  axis: number,
): Pick<Value, 'dtype' | 'shape'> {
  const [x] = required(operator, inputs, 1) as [Value];
  normalAxis(operator, axis, x.shape.length);
  return { dtype: x.dtype, shape: x.shape };
}

/**
 * g - softmax · Σg. Under a cross entropy g is a few elements scattered into zeros; then Σg is the sum of those elements
 * and they are added into the product, so that no second tensor as large as the logits is made.
 */
function logSoftmaxSlope(y: Value, g: Value, axis: number): Value {
  const scattered = scatteredIntoZeros(g, normalAxis('logSoftmax', axis, y.shape.length));
  if (scattered === undefined) return sub(g, mul(exp(y), sum(g, { axes: [axis], keep: true })));
  const [, indices, updates] = scattered.inputs as [Value, Value, Value];
  const total = sum(updates, { axes: [axis], keep: true });
  return scatterAdd(mul(exp(y), neg(total)), indices, updates, axis);
}

function scatteredIntoZeros(g: Value, axis: number): Node | undefined {
  const node = g.graph.producer(g);
  if (node?.operator !== 'ScatterElements') return undefined;
  const { axis: scatterAxis, reduction } = (node as Node<'ScatterElements'>).attributes;
  const base = node.inputs[0] === undefined ? undefined : g.graph.producer(node.inputs[0]);
  if (reduction !== 'add' || base?.operator !== 'ConstantOfShape') return undefined;
  const filled = (base as Node<'ConstantOfShape'>).attributes.value.data[0];
  return Number(filled) === 0 && normalAxis('scatter', scatterAxis, g.shape.length) === axis ? node : undefined;
}

function layerNormSlopes(node: Backward<'LayerNormalization'>): readonly (Value | undefined)[] {
  const [x, scale, shift] = node.inputs as [Value, Value, Value | undefined];
  const [, center, inverse] = node.outputs as [Value, Value, Value];
  const g = node.cotangents[0];
  if (g === undefined || node.cotangents[1] !== undefined || node.cotangents[2] !== undefined) {
    throw new BioscanError('unsupported', 'graph: gradients through the statistics of LayerNormalization');
  }
  const at = normalAxis('layerNorm', node.attributes.axis, x.shape.length);
  const axes = x.shape.map((_, axis) => axis).slice(at);
  const standard = mul(sub(x, center), inverse);
  const weighted = mul(g, scale);
  const centred = sub(weighted, mean(weighted, { axes, keep: true }));
  const along = mul(standard, mean(mul(weighted, standard), { axes, keep: true }));
  return [
    mul(sub(centred, along), inverse),
    unbroadcast(mul(g, standard), scale),
    shift === undefined ? undefined : unbroadcast(g, shift),
  ];
}
