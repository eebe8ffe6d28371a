import type { OperatorName } from '../../src/attributes.js';
import { broadcast, map, type Dense } from './dense.js';
import { errorFunction } from './error-function.js';

export const unaryFunctions = {
  Neg: (a) => -a,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Erf: errorFunction,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Sign: Math.sign,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: (a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  Tanh: Math.tanh,
  Relu: (a) => Math.max(a, 0),
  Sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  Gelu: (a) => 0.5 * a * (1 + errorFunction(a * Math.SQRT1_2)),
  Identity: (a) => a,
  Cast: (a) => a,
  CastLike: (a) => a,
  Not: (a) => Number(a === 0),
  IsNaN: (a) => Number(Number.isNaN(a)),
  IsInf: (a) => Number(Math.abs(a) === Infinity),
  HardSwish: (a) => (a * Math.min(Math.max(a + 3, 0), 6)) / 6,
  Softplus: (a) => Math.log1p(Math.exp(a)),
  Softsign: (a) => a / (1 + Math.abs(a)),
  Mish: (a) => a * Math.tanh(Math.log1p(Math.exp(a))),
} as const satisfies Partial<Record<OperatorName, (a: number) => number>>;

export const binaryFunctions = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Xor: (a, b) => Number((a !== 0) !== (b !== 0)),
  PRelu: (a, b) => (a > 0 ? a : a * b),
} as const satisfies Partial<Record<OperatorName, (a: number, b: number) => number>>;

export function folded(inputs: readonly Dense[], apply: (a: number, b: number) => number): Dense {
  return inputs.reduce((a, b) => broadcast(a, b, apply));
}

export function clip(x: Dense, low: Dense | undefined, high: Dense | undefined): Dense {
  return map(x, (a) => Math.min(Math.max(a, low?.data[0] ?? -Infinity), high?.data[0] ?? Infinity));
}

/** x above 0, `below` elsewhere. */
export function rectified(x: Dense, above: (a: number) => number, below: (a: number) => number): Dense {
  return map(x, (a) => (a > 0 ? above(a) : below(a)));
}
