import * as f from '../../src/index.js';
import { testCase, type Case, type CaseTable } from './case.js';

const matrices = (options: f.MatmulOptions): Case =>
  testCase(
    ({ a, b, c }) => [
      options.transposeX === true ? [2, b, a] : [2, a, b],
      options.transposeY === true ? [2, c, b] : [2, b, c],
    ],
    ([x, y]) => f.matmul(x!, y!, options),
  );

export const matrixCases = {
  MatMul: [
    testCase(
      ({ a, b, c }) => [
        [a, b],
        [b, c],
      ],
      ([x, y]) => f.matmul(x!, y!),
    ),
    testCase(
      ({ a, b, c }) => [
        [2, a, b],
        [b, c],
      ],
      ([x, y]) => f.matmul(x!, y!),
    ),
    testCase(
      ({ a, b, c }) => [
        [a, b],
        [2, b, c],
      ],
      ([x, y]) => f.matmul(x!, y!),
    ),
    testCase(
      ({ a, b, c }) => [
        [2, 1, a, b],
        [3, b, c],
      ],
      ([x, y]) => f.matmul(x!, y!),
    ),
  ],
  FusedMatMul: [
    matrices({ scale: 0.7 }),
    matrices({ transposeX: true }),
    matrices({ transposeY: true, scale: -1.5 }),
    matrices({ transposeX: true, transposeY: true, scale: 2 }),
    testCase(
      ({ a, b, c }) => [
        [2, a, b],
        [c, b],
      ],
      ([x, y]) => f.matmul(x!, y!, { transposeY: true }),
    ),
  ],
  Gemm: [
    testCase(
      ({ a, b, c }) => [[a, b], [b, c], [c]],
      ([x, y, z]) => f.gemm(x!, y!, z),
    ),
    testCase(
      ({ a, b, c }) => [
        [b, a],
        [c, b],
        [a, 1],
      ],
      ([x, y, z]) => f.gemm(x!, y!, z, { transposeX: true, transposeY: true, scale: 0.3 }),
    ),
    testCase(
      ({ a, b, c }) => [
        [a, b],
        [b, c],
      ],
      ([x, y]) => f.gemm(x!, y!),
    ),
  ],
} as const satisfies Partial<CaseTable>;
