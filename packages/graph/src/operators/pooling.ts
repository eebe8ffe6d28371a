import { BioscanError, tensor } from '@bioscan/core';
import type { PoolAttributes } from '../attributes.js';
import { div, mul, single } from '../functions/elementwise.js';
import { scatterAdd } from '../functions/indexing.js';
import { expand, reshape, zeros } from '../functions/layout.js';
import { max } from '../functions/reduce.js';
import type { Value, ValueType } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape } from '../shape.js';
import { required } from './inputs.js';
import { reach, windowOf, windowAttributes, type Window } from './window.js';

type Pool = 'MaxPool' | 'AveragePool' | 'GlobalAveragePool' | 'GlobalMaxPool';

const kinds = {
  auto_pad: 'string',
  ceil_mode: 'int',
  dilations: 'ints',
  kernel_shape: 'ints',
  pads: 'ints',
  strides: 'ints',
} as const;

export const poolingOperators: Operators<Pool> = {
  MaxPool: {
    domain: '',
    attributes: { ...kinds, storage_order: 'int' },
    shape: (inputs, attributes) => {
      if (attributes.storage_order === 1) {
        throw new BioscanError('unsupported', 'graph: maxPool, got storage_order 1, expected 0: rows first');
      }
      const type = pooled('maxPool', inputs, attributes);
      return [type, { dtype: 'int64', shape: type.shape }];
    },
    optionalOutputs: 1,
    vjp: ({ inputs, outputs, cotangents }) => {
      const [x] = inputs as [Value];
      const total = concreteShape('maxPool', x.shape).reduce((a, b) => a * b, 1);
      const [places, g] = [outputs[1] as Value, cotangents[0] as Value].map((value) => reshape(value, [-1])) as [
        Value,
        Value,
      ];
      return [reshape(scatterAdd(zeros(g, [total]), places, g, 0), x.shape)];
    },
  },
  AveragePool: {
    domain: '',
    attributes: { ...kinds, count_include_pad: 'int' },
    shape: (inputs, attributes) => {
      if (attributes.dilations?.some((step) => step !== 1) === true) {
        throw new BioscanError('unsupported', 'graph: averagePool, got dilations, expected none before opset 19');
      }
      return [pooled('averagePool', inputs, attributes)];
    },
    vjp: averagePoolSlope,
  },
  GlobalAveragePool: {
    domain: '',
    attributes: {},
    shape: (inputs) => [global('globalAveragePool', inputs)],
    vjp: ({ inputs, cotangents }) => {
      const shape = concreteShape('globalAveragePool', (inputs[0] as Value).shape);
      const count = shape.slice(2).reduce((a, b) => a * b, 1);
      return [expand(mul(cotangents[0] as Value, 1 / count), shape)];
    },
  },
  GlobalMaxPool: {
    domain: '',
    attributes: {},
    shape: (inputs) => [global('globalMaxPool', inputs)],
    vjp: ({ inputs, through }) => {
      const [x] = inputs as [Value];
      return through(() => [max(x, { axes: spatialAxes(x), keep: true })]);
    },
  },
};

function pooled(operator: string, inputs: readonly (Value | undefined)[], attributes: PoolAttributes): ValueType {
  const [x] = required(operator, inputs, 1) as [Value];
  const { results } = windowOf(operator, x.shape, attributes.kernel_shape, attributes);
  return { dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...results] };
}

function global(operator: string, inputs: readonly (Value | undefined)[]): ValueType {
  const [x] = required(operator, inputs, 1) as [Value];
  return { dtype: x.dtype, shape: x.shape.map((size, axis) => (axis < 2 ? size : 1)) };
}

/** Each slope, over how many elements it averaged, spread by a convolution's input gradient with a kernel of ones. */
function averagePoolSlope(node: Backward<'AveragePool'>): readonly (Value | undefined)[] {
  const [x] = node.inputs as [Value];
  const g = node.cotangents[0] as Value;
  const window = windowOf('averagePool', x.shape, node.attributes.kernel_shape, node.attributes);
  const { kernel, strides, results, sizes, begins } = window;
  const counts = g.graph.constant(averageCounts(window, node.attributes.count_include_pad === 1));
  const planes = reshape(div(g, counts), [-1, 1, ...results]);
  const ones = g.graph.constant(
    tensor('float32', [1, 1, ...kernel], new Float32Array(kernel.reduce((a, b) => a * b, 1)).fill(1)),
  );
  // In ceil_mode the last window reaches beyond the padding: the end pad is what closes the sum, and may be negative.
  const ends = sizes.map(
    (size, i) =>
      (strides[i] as number) * ((results[i] as number) - 1) + (kernel[i] as number) - size - (begins[i] as number),
  );
  const closed = ends.map((end) => Math.max(end, 0));
  const output_padding = ends.map((end) => Math.max(-end, 0));
  const attributes = { ...windowAttributes({ ...window, ends: closed }), output_padding };
  return [reshape(single(g.graph.apply('ConvTranspose', [planes, ones], attributes)), x.shape)];
}

/** How many elements each window averages: (1, 1, …results). */
function averageCounts(window: Window, includePad: boolean): ReturnType<typeof tensor<'float32'>> {
  const { kernel, strides, dilations, results, sizes, begins, ends } = window;
  const lengths = results.map((result, i) =>
    Array.from({ length: result }, (_, at) => {
      const begin = begins[i] as number;
      const start = at * (strides[i] as number) - begin;
      const low = includePad ? -begin : 0;
      const high = (sizes[i] as number) + (includePad ? (ends[i] as number) : 0);
      return Math.min(start + reach(kernel, dilations, i), high) - Math.max(start, low);
    }),
  );
  const counts = lengths.reduce<readonly number[]>((all, line) => all.flatMap((a) => line.map((b) => a * b)), [1]);
  return tensor('float32', [1, 1, ...results], Float32Array.from(counts));
}

function spatialAxes(x: Value): readonly number[] {
  return x.shape.map((_, axis) => axis).slice(2);
}
