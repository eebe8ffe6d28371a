import * as f from '../../src/index.js';
import { applied, testCase, type CaseTable } from './case.js';

export const layoutCases = {
  Transpose: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x]) => f.transpose(x!, [2, 0, 1]),
    ),
  ],
  Reshape: [
    testCase(
      ({ a, b, c }) => [[a, b, c]],
      ([x], _g, { c }) => f.reshape(x!, [c, -1]),
    ),
  ],
  Expand: [
    testCase(
      ({ b }) => [[1, b]],
      ([x], _g, { a, b, c }) => f.expand(x!, [c, a, b]),
    ),
  ],
  Squeeze: [
    testCase(
      ({ a, b }) => [[1, a, 1, b]],
      ([x]) => f.squeeze(x!, [0, -2]),
    ),
  ],
  Unsqueeze: [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.unsqueeze(x!, [1, -1]),
    ),
  ],
  Concat: [
    testCase(
      ({ a, b, c }) => [
        [a, b],
        [a, c],
        [a, 1],
      ],
      (values) => f.concat(values, -1),
    ),
  ],
  Split: [
    testCase(
      ({ a, b, c }) => [[a, b + c]],
      ([x], _g, { b, c }) => f.exp(f.split(x!, 1, [b, c])[1]!),
    ),
    testCase(
      ({ a, b, c }) => [[b + c, a]],
      ([x], _g, { b, c }) => f.concat(f.split(x!, 0, [b, c]).toReversed(), 0),
    ),
  ],
  Slice: [
    testCase(
      ({ a, b, c }) => [[a, b + 2, c]],
      ([x]) => f.slice(x!, 1, 1, -1),
    ),
    testCase(
      ({ a, b, c }) => [[a + b + 2, c]],
      ([x]) => f.slice(x!, 0, 1, 1000, 2),
    ),
    testCase(
      ({ a, b, c }) => [[c, a + b + 2]],
      ([x]) => f.slice(x!, -1, -1, -1000, -2),
    ),
  ],
  Flatten: [
    applied('Flatten', {}, ({ a, b, c }) => [[a, b, c]]),
    applied('Flatten', { axis: 0 }, [[2, 3]]),
    applied('Flatten', { axis: -1 }, [[2, 3, 2]]),
  ],
  Pad: [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.pad(x!, { begins: [1, 0], ends: [2, 3], value: 0.5 }),
    ),
    testCase([[4, 5]], ([x]) => f.pad(x!, { begins: [-1, 2], ends: [1, -2] })),
    testCase([[4, 5]], ([x]) => f.pad(x!, { begins: [2, 3], ends: [3, 0], mode: 'reflect' })),
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => f.pad(x!, { begins: [2, 0], ends: [3, 1], mode: 'edge' }),
    ),
    testCase([[2, 3, 4]], ([x], graph) => {
      const inputs = [x, graph.integers([1, 2]), undefined, graph.integers([-1])];
      return graph.apply('Pad', inputs, {})[0]!;
    }),
  ],
  Tile: [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x], graph) => graph.apply('Tile', [x, graph.integers([2, 3])], {})[0]!,
    ),
  ],
  DepthToSpace: [
    applied('DepthToSpace', { blocksize: 2, mode: 'DCR' }, ({ a, b, c }) => [[a, 8, b, c]]),
    applied('DepthToSpace', { blocksize: 2, mode: 'CRD' }, ({ a, b, c }) => [[a, 8, b, c]]),
  ],
  SpaceToDepth: [applied('SpaceToDepth', { blocksize: 2 }, ({ a, b, c }) => [[a, 3, 2 * b, 2 * c]])],
  Trilu: [
    applied('Trilu', {}, ({ a, b, c }) => [[a, b, c]]),
    testCase([[2, 4, 3]], ([x], graph) => {
      return graph.apply('Trilu', [x, graph.scalar(-1, 'int64')], { upper: 0 })[0]!;
    }),
  ],
} as const satisfies Partial<CaseTable>;
