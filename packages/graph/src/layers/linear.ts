import { add, mul } from '../functions/elementwise.js';
import { reshape, sizeOf } from '../functions/layout.js';
import { gemm, matmul } from '../functions/matmul.js';
import type { Initial, Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import { lowRankOf, type LowRank } from './low-rank.js';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Start of the weight; the bias starts at zero. Default: uniform within ±1/√inputs. */
  readonly initial?: Initial;
}

/** x W + b over the last axis: (…, inputs) is (…, outputs). Parameters `name.weight` (inputs, outputs) and `name.bias` (outputs). */
export function linear(x: Value, name: string, outputs: number, options: LinearOptions = {}): Value {
  const { graph } = x;
  const [inputs] = concreteShape(`linear '${name}'`, [sizeOf(x, -1)]) as [number];
  const { bias = true, initial = { uniform: 1 / Math.sqrt(inputs) } } = options;
  const weight = graph.parameter(`${name}.weight`, [inputs, outputs], { initial });
  const shift = bias ? graph.parameter(`${name}.bias`, [outputs], { initial: 'zeros' }) : undefined;
  return affine(x, weight, shift);
}

/** x W + b over the last axis with given weights: (…, k) x (k, m) + (m) is (…, m). */
export function affine(x: Value, weight: Value, bias?: Value): Value {
  if (x.graph.mode === 'inference') {
    // Plain MatMul and Add are what engines fuse, prepack and quantise.
    const product = matmul(x, weight);
    return bias === undefined ? product : add(product, bias);
  }
  const rows = x.shape.length === 2 ? x : reshape(x, [-1, sizeOf(x, -1)]);
  const lowRank = lowRankOf(weight);
  const whole = lowRank?.weight ?? weight;
  const plain = bias === undefined ? matmul(rows, whole) : gemm(rows, whole, bias);
  const product = lowRank === undefined ? plain : add(plain, lowRankProduct(rows, lowRank));
  return x.shape.length === 2 ? product : reshape(product, [...x.shape.slice(0, -1), sizeOf(weight, -1)]);
}

/** The thin products one after the other: no gradient of the whole weight is made. */
function lowRankProduct(rows: Value, { left, right, scale }: LowRank): Value {
  return matmul(mul(matmul(rows, left), scale), right);
}
