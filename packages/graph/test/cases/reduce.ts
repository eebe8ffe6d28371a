import * as f from '../../src/index.js';
import { indices, permuted, testCase, type CaseTable } from './case.js';

export const reduceCases = {
  ReduceSum: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.sum(x!, { axes: [0, -1] }),
    ),
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.sum(x!),
    ),
  ],
  ReduceMean: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.mean(x!, { axes: [1], keep: true }),
    ),
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.mean(x!),
    ),
  ],
  ReduceMax: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.max(x!, { axes: [0, 2] }),
    ),
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.max(x!, { axes: [-1], keep: true }),
    ),
  ],
  ArgMax: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.argmax(x!, 1),
    ),
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
