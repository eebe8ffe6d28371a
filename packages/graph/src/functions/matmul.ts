import type { Value } from '../graph.js';
import { single } from './elementwise.js';

export interface MatmulOptions {
  /** Use the transpose of the last two axes of x. */
  readonly transposeX?: boolean;
  readonly transposeY?: boolean;
  /** Factor on the product, free of cost. */
  readonly scale?: number;
}

/** Matrix product over the last two axes, leading axes broadcast: (…, n, k) x (…, k, m) is (…, n, m). */
export function matmul(x: Value, y: Value, options: MatmulOptions = {}): Value {
  const { transposeX = false, transposeY = false, scale = 1 } = options;
  if (!transposeX && !transposeY && scale === 1) return single(x.graph.apply('MatMul', [x, y], {}));
  const attributes = { alpha: scale, transA: transposeX ? 1 : 0, transB: transposeY ? 1 : 0 } as const;
  return single(x.graph.apply('FusedMatMul', [x, y], attributes));
}

/** scale · x y + bias for matrices: (n, k) x (k, m) + (m) is (n, m). */
export function gemm(x: Value, y: Value, bias?: Value, options: MatmulOptions = {}): Value {
  const { transposeX = false, transposeY = false, scale = 1 } = options;
  const inputs = bias === undefined ? [x, y] : [x, y, bias];
  const attributes = { alpha: scale, beta: 1, transA: transposeX ? 1 : 0, transB: transposeY ? 1 : 0 } as const;
  return single(x.graph.apply('Gemm', inputs, attributes));
}
