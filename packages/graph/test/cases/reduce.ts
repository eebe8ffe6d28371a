import { elementCount, rng, tensor } from '@bioscan/core';
import type { OperatorAttributes } from '../../src/attributes.js';
import type { Graph, Value } from '../../src/graph.js';
import * as f from '../../src/index.js';
import type { reducers } from '../interpreter/reduce.js';
import {
  applied,
  floats,
  indices,
  kinkless,
  permuted,
  positive,
  testCase,
  type Case,
  type CaseTable,
  type Sizes,
} from './case.js';

type Reduction = keyof typeof reducers;

function reductions(name: Reduction, draw?: Case['draw']): readonly Case[] {
  const over = (axes: readonly number[] | undefined, keepdims: 0 | 1, noop?: number): Case =>
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x], graph) => {
        const inputs = axes === undefined ? [x] : [x, graph.integers(axes)];
        return graph.apply(name, inputs, {
          keepdims,
          ...(noop === undefined ? {} : { noop_with_empty_axes: noop }),
        })[0]!;
      },
      draw,
    );
  return [over([0, -1], 0), over([1], 1), over(undefined, 0), over(undefined, 1, 1)];
}

function cumSum(axis: number, attributes: OperatorAttributes['CumSum']): Case {
  return testCase(
    ({ a, b, c }) => [[a, b, c]],
    ([x], graph) => graph.apply('CumSum', [x, graph.scalar(axis, 'int64')], attributes)[0]!,
  );
}

function topK(attributes: OperatorAttributes['TopK'], shape: (sizes: Sizes) => readonly number[], k: number): Case {
  return testCase(
    (sizes) => [shape(sizes)],
    ([x], graph) => graph.apply('TopK', [x, graph.integers([k])], attributes)[0]!,
  );
}

/** From (2, 3, 5, 4), to the last sizes. */
function resize(sizes: readonly [number, number], attributes: OperatorAttributes['Resize']): Case {
  return testCase([[2, 3, 5, 4]], ([x], graph) => {
    return graph.apply('Resize', [x, undefined, undefined, graph.integers([2, 3, ...sizes])], attributes)[0]!;
  });
}

function coordinates(graph: Graph, shape: readonly number[], bounds: readonly number[]): Value {
  const random = rng(11);
  const data = BigInt64Array.from({ length: elementCount(shape) }, (_, i) =>
    BigInt(random.integer(bounds[i % bounds.length]!)),
  );
  return graph.constant(tensor('int64', shape, data));
}

export const reduceCases = {
  ReduceSum: reductions('ReduceSum'),
  ReduceMean: reductions('ReduceMean'),
  ReduceMax: reductions('ReduceMax'),
  ReduceMin: reductions('ReduceMin'),
  ReduceProd: reductions('ReduceProd', positive),
  ReduceL1: reductions('ReduceL1', kinkless),
  ReduceL2: reductions('ReduceL2'),
  ReduceLogSum: reductions('ReduceLogSum', positive),
  ReduceLogSumExp: reductions('ReduceLogSumExp'),
  ReduceSumSquare: reductions('ReduceSumSquare'),
  ArgMax: [
    applied('ArgMax', { axis: 1, keepdims: 0 }, ({ a, b, c }) => [[a, b, c]]),
    applied('ArgMax', { axis: -1, keepdims: 1, select_last_index: 1 }, [[3, 5]], (random) => random.integer(2)),
  ],
  ArgMin: [
    applied('ArgMin', { axis: 0, keepdims: 1 }, ({ a, b, c }) => [[a, b, c]]),
    applied('ArgMin', { axis: 1, keepdims: 0 }, [[3, 5]], (random) => random.integer(2)),
  ],
  CumSum: [
    cumSum(1, {}),
    cumSum(-2, { exclusive: 1 }),
    cumSum(0, { reverse: 1 }),
    cumSum(2, { reverse: 1, exclusive: 1 }),
  ],
  TopK: [
    topK({}, ({ a, b }) => [a, b + 2], 2),
    topK({ axis: 0, largest: 0 }, ({ a, b }) => [a + 3, b], 3),
    {
      ...testCase([[3, 6]], ([x], graph) => graph.apply('TopK', [x, graph.integers([4])], {})[1]!),
      forwardOnly: true,
    },
  ],
  Einsum: [
    applied('Einsum', { equation: 'nhqd,nhkd->nhqk' }, ({ a, b, c }) => [
      [a, 2, b, 3],
      [a, 2, c, 3],
    ]),
    applied('Einsum', { equation: 'bij,jk->bki' }, ({ a, b, c }) => [
      [a, b, c],
      [c, 3],
    ]),
    applied('Einsum', { equation: 'ij->ji' }, ({ a, b }) => [[a, b]]),
    applied('Einsum', { equation: 'ab,cb' }, ({ a, b, c }) => [
      [a, b],
      [c, b],
    ]),
    applied('Einsum', { equation: 'i,i->' }, ({ a }) => [[a], [a]]),
    applied('Einsum', { equation: 'ij,jk,kl->il' }, ({ a, b, c }) => [
      [a, b],
      [b, c],
      [c, 2],
    ]),
    applied('Einsum', { equation: 'abc->b' }, ({ a, b, c }) => [[a, b, c]]),
  ],
  Shape: [testCase([[2, 3, 4]], ([x], graph) => graph.apply('Shape', [x], { start: 1 })[0]!)],
  Size: [testCase([[2, 3]], ([x], graph) => graph.apply('Size', [x], {})[0]!)],
  Range: [
    testCase([[3]], ([x], graph) => {
      const bounds = [1, 10, 3].map((bound) => graph.scalar(bound, 'int64'));
      return [graph.apply('Range', bounds, {})[0]!, x!];
    }),
  ],
  EyeLike: [applied('EyeLike', { k: 1 }, ({ a, b }) => [[a, b]])],
  OneHot: [
    testCase([[2]], ([values], graph) => {
      const inputs = [indices(graph, [3, 2], 4), graph.integers([4]), values];
      return graph.apply('OneHot', inputs, { axis: 1 })[0]!;
    }),
  ],
  NonZero: [
    testCase(
      [[3, 4]],
      ([x], graph) => graph.apply('NonZero', [x], {})[0]!,
      (random) => random.integer(2),
    ),
  ],
  GatherND: [
    testCase([[3, 4, 2]], ([x], graph) => {
      return graph.apply('GatherND', [x, coordinates(graph, [4, 2], [3, 4])], {})[0]!;
    }),
    testCase([[2, 3, 4]], ([x], graph) => {
      return graph.apply('GatherND', [x, coordinates(graph, [2, 5, 1], [3])], { batch_dims: 1 })[0]!;
    }),
  ],
  ScatterND: [
    testCase(
      [
        [4, 3],
        [2, 3],
      ],
      ([x, updates], graph) => {
        const rows = graph.constant(tensor('int64', [2, 1], BigInt64Array.of(3n, 1n)));
        return graph.apply('ScatterND', [x, rows, updates], {})[0]!;
      },
    ),
  ],
  Resize: [
    resize([4, 6], { mode: 'linear' }),
    resize([5, 7], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
    resize([5, 7], { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' }),
    resize([7, 4], { mode: 'linear', coordinate_transformation_mode: 'asymmetric' }),
    resize([5, 8], { mode: 'cubic', cubic_coeff_a: -0.75 }),
    resize([6, 5], { mode: 'cubic', coordinate_transformation_mode: 'align_corners' }),
    resize([6, 5], { mode: 'cubic', coordinate_transformation_mode: 'pytorch_half_pixel', exclude_outside: 1 }),
    resize([6, 7], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }),
    resize([6, 8], { mode: 'nearest', nearest_mode: 'round_prefer_ceil' }),
    testCase([[1, 2, 3, 4]], ([x], graph) => {
      const scales = floats(graph, [4], [1, 1, 2, 1.5]);
      return graph.apply('Resize', [x, undefined, scales], { mode: 'linear' })[0]!;
    }),
  ],
  Gather: [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x], graph, { a, c }) => f.gather(x!, indices(graph, [c, 3], a)),
    ),
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x], graph, { b }) => f.gather(x!, indices(graph, [4], b), 1),
    ),
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x], graph, { c }) => f.gather(x!, indices(graph, [2, 3], c), -1),
    ),
  ],
  GatherElements: [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x], graph, { a, b }) => f.gatherElements(x!, indices(graph, [5, b], a), 0),
    ),
    testCase(
      ({ a, b }) => [[a, b]],
      ([x], graph, { a, b }) => {
        return f.gatherElements(f.logSoftmax(x!), indices(graph, [a, 2], b), -1);
      },
    ),
  ],
  ScatterElements: [
    testCase(
      ({ a, b }) => [
        [a, b],
        [a, 4],
      ],
      ([x, y], graph, { a, b }) => {
        return f.scatterAdd(x!, indices(graph, [a, 4], b), y!, 1);
      },
    ),
    testCase(
      ({ a, b }) => [
        [a, b],
        [a, b],
      ],
      ([x, y], graph, { a, b }) => f.scatter(x!, permuted(graph, a, b), y!, 0),
    ),
  ],
  ConstantOfShape: [
    testCase([[2, 3]], ([x], graph) => {
      const value = { dtype: 'float32', shape: [1], data: Float32Array.of(2.5) } as const;
      return f.mul(x!, graph.apply('ConstantOfShape', [graph.integers([2, 3])], { value })[0]!);
    }),
  ],
} as const satisfies Partial<CaseTable>;
