import { BioscanError, elementCount, tensor, type Tensor } from '@bioscan/core';
import { add, mul, reciprocal, single, sqrt, sub } from '../functions/elementwise.js';
import { reshape } from '../functions/layout.js';
import { matmul } from '../functions/matmul.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape, sameShape, showShape } from '../shape.js';
import { required } from './inputs.js';

export const batchNormalizationOperators: Operators<'BatchNormalization'> = {
  BatchNormalization: {
    domain: '',
    attributes: { epsilon: 'float', momentum: 'float', training_mode: 'int' },
    shape: (inputs, { training_mode }) => {
      const [x, ...vectors] = required('batchNorm', inputs, 5) as [Value, ...Value[]];
      for (const vector of vectors) {
        if (sameShape(vector.shape, [x.shape[1] ?? 0])) continue;
        throw new BioscanError(
          'mismatch',
          `graph: batchNorm of ${showShape(x.shape)}, got a vector ${showShape(vector.shape)}, expected one number a channel`,
        );
      }
      const statistics = vectors.slice(2).map(({ dtype, shape }) => ({ dtype, shape }));
      return [{ dtype: x.dtype, shape: x.shape }, ...(training_mode === 1 ? statistics : [])];
    },
    vjp: (node) => (node.attributes.training_mode === 1 ? trainingSlopes(node) : frozenSlopes(node)),
  },
};

/** y = (x - mean) · scale / √(variance + ε) + shift with given statistics. */
function frozenSlopes({ inputs, attributes, cotangents }: Backward<'BatchNormalization'>): readonly Value[] {
  const [x, scale, , mean, variance] = inputs as readonly [Value, Value, Value, Value, Value];
  const g = cotangents[0] as Value;
  const inverse = inverseDeviation(variance, attributes.epsilon);
  const factor = mul(scale, inverse);
  const total = channelSum(g);
  const scaleSlope = mul(sub(channelProduct(x, g), mul(mean, total)), inverse);
  const meanSlope = mul(mul(total, factor), -1);
  const varianceSlope = mul(mul(mul(scaleSlope, factor), inverse), -0.5);
  return [affineChannels(g, factor), scaleSlope, total, meanSlope, varianceSlope];
}

/**
 * With the batch's own statistics and x̂ the normalised input: scale / σ · (g - mean(g) - x̂ mean(g x̂)), written as a
 * channel-wise affine function of g and x, since that is one pass each (Ioffe & Szegedy 2015).
 */
function trainingSlopes(node: Backward<'BatchNormalization'>): readonly (Value | undefined)[] {
  const [x, scale] = node.inputs as [Value, Value];
  const g = node.cotangents[0];
  if (g === undefined || node.cotangents[1] !== undefined || node.cotangents[2] !== undefined) {
    throw new BioscanError('unsupported', 'graph: gradients through the running statistics of BatchNormalization');
  }
  const [mean, variance] = batchStatistics(node);
  const inverse = inverseDeviation(variance, node.attributes.epsilon);
  const total = channelSum(g);
  const scaleSlope = mul(sub(channelProduct(x, g), mul(mean, total)), inverse);
  const share = 1 / elementsAChannel(x);
  const factor = mul(scale, inverse);
  const tilt = mul(mul(mul(factor, inverse), scaleSlope), -share);
  const offset = sub(mul(mul(factor, total), -share), mul(tilt, mean));
  return [add(affineChannels(g, factor), affineChannels(x, tilt, offset)), scaleSlope, total];
}

function batchStatistics(node: Backward<'BatchNormalization'>): readonly [Value, Value] {
  const { inputs, attributes, outputs } = node;
  if (attributes.momentum === 0) return [outputs[1] as Value, outputs[2] as Value];
  const graph = (inputs[0] as Value).graph;
  const [x, scale, shift] = inputs as [Value, Value, Value];
  // Values of its own, since ONNX Runtime writes the statistics over the inputs 3 and 4.
  const again = graph.apply('BatchNormalization', [x, scale, shift, mul(scale, 0), mul(shift, 0)], {
    ...attributes,
    momentum: 0,
  });
  return [again[1] as Value, again[2] as Value];
}

/** a x + b for each channel in one pass: ONNX Runtime's BatchNormalization of given statistics. */
function affineChannels(x: Value, factor: Value, offset?: Value): Value {
  const { graph } = x;
  const zeros = graph.constant(filled(factor, 0));
  const inputs = [x, factor, offset ?? zeros, zeros, graph.constant(filled(factor, 1))];
  return single(graph.apply('BatchNormalization', inputs, { epsilon: 0 }));
}

function filled(like: Value, value: number): Tensor<'float32'> {
  const shape = concreteShape('batchNorm', like.shape);
  return tensor('float32', shape, new Float32Array(elementCount(shape)).fill(value));
}

function inverseDeviation(variance: Value, epsilon = 1e-5): Value {
  return reciprocal(sqrt(add(variance, epsilon)));
}

function channelSum(g: Value): Value {
  return sum(g, { axes: g.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])) });
}

/** Σ x g over all but the channels: a product of rows with columns, which writes no product as large as x. */
function channelProduct(x: Value, g: Value): Value {
  const [n, channels, ...spatial] = concreteShape('batchNorm', x.shape) as [number, number, ...number[]];
  const length = spatial.reduce((a, b) => a * b, 1);
  if (length === 1) return channelSum(mul(x, g));
  const [rows, columns] = [x, g].map((value) => reshape(value, [n * channels, 1, length])) as [Value, Value];
  return sum(reshape(matmul(rows, columns, { transposeY: true }), [n, channels]), { axes: [0] });
}

function elementsAChannel(x: Value): number {
  const shape = concreteShape('batchNorm', x.shape);
  return shape.reduce((a, b) => a * b, 1) / (shape[1] as number);
}
