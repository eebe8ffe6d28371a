import { rng } from '@bioscan/core';
import type { OperatorAttributes } from '../../src/attributes.js';
import * as f from '../../src/index.js';
import type { Graph, Value } from '../../src/graph.js';
import { applied, floats, testCase, type Case, type CaseTable } from './case.js';

type Shape = readonly number[];

const conv = (x: Shape, weight: Shape, attributes: OperatorAttributes['Conv'], bias = true): Case =>
  applied('Conv', attributes, bias ? [x, weight, [weight[0]!]] : [x, weight]);

const transposed = (x: Shape, weight: Shape, attributes: OperatorAttributes['ConvTranspose'], bias = true): Case =>
  applied('ConvTranspose', attributes, bias ? [x, weight, [weight[1]! * (attributes.group ?? 1)]] : [x, weight]);

const batchNorm =
  (training_mode: number, momentum: number) =>
  (values: readonly Value[], graph: Graph): Value[] => {
    const [x, scale, shift] = values as [Value, Value, Value];
    const random = rng(5);
    const width = scale.shape[0] as number;
    const draw = (): Value =>
      floats(
        graph,
        [width],
        Array.from({ length: width }, () => 0.5 + random.uniform()),
      );
    return [
      ...graph.apply('BatchNormalization', [x, scale, shift, draw(), draw()], {
        training_mode,
        momentum,
        epsilon: 1e-3,
      }),
    ];
  };

export const windowCases = {
  Conv: [
    conv([2, 3, 6, 5], [4, 3, 3, 2], {}),
    conv([2, 4, 7, 6], [6, 2, 3, 3], { group: 2, strides: [2, 1], pads: [1, 0, 1, 2] }),
    conv([1, 2, 9, 8], [3, 2, 3, 2], { dilations: [2, 3], strides: [2, 2], pads: [2, 1, 1, 2] }, false),
    conv([2, 4, 6, 6], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
    conv([2, 3, 7, 7], [6, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }, false),
    conv([2, 3, 5, 5], [4, 3, 1, 1], {}),
    conv([2, 3, 5, 4], [4, 3, 1, 1], { strides: [2, 2] }, false),
    conv([2, 3, 4, 4], [2, 3, 4, 4], { strides: [4, 4] }),
    conv([1, 2, 3, 3], [2, 2, 2, 2], { pads: [2, 2, 2, 2] }),
    conv([2, 3, 9], [4, 3, 3], { strides: [2], pads: [1, 1], dilations: [2] }),
    conv([2, 2, 5, 6], [3, 2, 3, 2], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
    conv([2, 2, 5, 6], [3, 2, 2, 3], { auto_pad: 'SAME_LOWER', strides: [1, 2] }),
    conv([1, 2, 5, 6], [3, 2, 2, 3], { auto_pad: 'VALID', kernel_shape: [2, 3] }),
    conv([1, 2, 3, 3, 3], [2, 2, 2, 2, 2], { pads: [1, 0, 0, 0, 0, 1] }),
  ],
  ConvTranspose: [
    transposed([2, 3, 4, 3], [3, 4, 3, 2], {}),
    transposed([2, 4, 4, 3], [4, 2, 3, 3], { group: 2, strides: [2, 3], pads: [1, 0, 1, 2], output_padding: [1, 2] }),
    transposed([1, 2, 4, 4], [2, 3, 3, 3], { dilations: [2, 1], pads: [1, 1, 2, 0] }, false),
    transposed([2, 2, 5], [2, 3, 4], { strides: [2], pads: [1, 1] }),
    transposed([1, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], output_shape: [6, 6] }, false),
    transposed([1, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }, false),
  ],
  MaxPool: [
    applied('MaxPool', { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }, [[2, 3, 7, 5]]),
    applied('MaxPool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, [[1, 2, 5, 7]]),
    applied('MaxPool', { kernel_shape: [2, 2], dilations: [2, 3] }, [[1, 2, 6, 7]]),
    applied('MaxPool', { kernel_shape: [3], strides: [2], auto_pad: 'SAME_UPPER' }, [[2, 2, 8]]),
    testCase([[2, 2, 4, 4]], ([x], graph) => graph.apply('MaxPool', [x], { kernel_shape: [2, 2] })),
  ],
  AveragePool: [
    applied('AveragePool', { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }, [[2, 3, 7, 5]]),
    applied('AveragePool', { kernel_shape: [3, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }, [[2, 3, 4, 5]]),
    applied('AveragePool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, [[1, 2, 5, 7]]),
    applied('AveragePool', { kernel_shape: [2, 2], strides: [3, 3] }, [[1, 2, 7, 6]]),
    applied('AveragePool', { kernel_shape: [3], strides: [2], auto_pad: 'SAME_LOWER' }, [[2, 2, 8]]),
  ],
  GlobalAveragePool: [applied('GlobalAveragePool', {}, ({ a, b, c }) => [[a, b, c, 3]])],
  GlobalMaxPool: [applied('GlobalMaxPool', {}, ({ a, b, c }) => [[a, b, c, 3]])],
  BatchNormalization: [
    testCase([[3, 2, 4, 3], [2], [2]], (values, graph) => batchNorm(1, 0)(values, graph)[0]!),
    testCase([[3, 2, 4], [2], [2]], (values, graph) => batchNorm(1, 0.8)(values, graph)[0]!),
    testCase([[6, 3], [3], [3]], (values, graph) => batchNorm(1, 0)(values, graph)[0]!),
    {
      ...testCase([[3, 2, 4, 3], [2], [2]], (values, graph) => batchNorm(1, 0.7)(values, graph).slice(1)),
      forwardOnly: true,
    },
    testCase([[3, 2, 4, 3], [2], [2]], batchNorm(0, 0.9)),
    {
      ...applied('BatchNormalization', { epsilon: 0.01 }, [[2, 3, 2, 2], [3], [3], [3], [3]]),
      draw: (random) => 0.5 + random.uniform(),
    },
  ],
  InstanceNormalization: [
    applied('InstanceNormalization', { epsilon: 1e-3 }, [[2, 3, 4, 2], [3], [3]]),
    applied('InstanceNormalization', { epsilon: 0.1 }, [[2, 3, 5], [3], [3]]),
  ],
  GroupNormalization: [applied('GroupNormalization', { num_groups: 2, epsilon: 1e-3 }, [[2, 4, 3, 2], [2], [2]])],
  LpNormalization: [
    applied('LpNormalization', {}, [[2, 3, 4]]),
    applied('LpNormalization', { axis: 1, p: 1 }, [[2, 3, 4]]),
  ],
  Softmax: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.softmax(x!),
    ),
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.softmax(x!, 1),
    ),
  ],
  LogSoftmax: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.logSoftmax(x!, 1),
    ),
  ],
  LayerNormalization: [
    testCase(
      ({ a, b, c }) => [[a, b, c + 1], [c + 1], [c + 1]],
      ([x, y, z]) => f.layerNorm(x!, y!, z!, 1e-3),
    ),
  ],
} as const satisfies Partial<CaseTable>;
