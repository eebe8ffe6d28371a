import type { DType } from '@bioscan/core';
import type { OperatorName } from '../attributes.js';
import type { Value } from '../graph.js';
import { dtypeCode } from '../onnx-types.js';

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number;

/** x + y, broadcast. */
export function add(x: Value, y: Operand): Value {
  return binary('Add', x, y);
}

/** x - y, broadcast. */
export function sub(x: Value, y: Operand): Value {
  return binary('Sub', x, y);
}

/** x · y by element, broadcast. */
export function mul(x: Value, y: Operand): Value {
  return binary('Mul', x, y);
}

/** x / y, broadcast. */
export function div(x: Value, y: Operand): Value {
  return binary('Div', x, y);
}

/** x to the power y, broadcast. Its gradient by y needs x > 0. */
export function pow(x: Value, y: Operand): Value {
  return binary('Pow', x, y);
}

export function neg(x: Value): Value {
  return unary('Neg', x);
}

export function abs(x: Value): Value {
  return unary('Abs', x);
}

export function exp(x: Value): Value {
  return unary('Exp', x);
}

/** Natural logarithm. */
export function log(x: Value): Value {
  return unary('Log', x);
}

export function sqrt(x: Value): Value {
  return unary('Sqrt', x);
}

export function reciprocal(x: Value): Value {
  return unary('Reciprocal', x);
}

/** Gauss error function. */
export function erf(x: Value): Value {
  return unary('Erf', x);
}

export function tanh(x: Value): Value {
  return unary('Tanh', x);
}

export function relu(x: Value): Value {
  return unary('Relu', x);
}

export function sigmoid(x: Value): Value {
  return unary('Sigmoid', x);
}

/** Exact GELU: x · Φ(x) (Hendrycks & Gimpel 2016), with erf, not tanh. */
export function gelu(x: Value): Value {
  return unary('Gelu', x);
}

export function identity(x: Value): Value {
  return unary('Identity', x);
}

export function sin(x: Value): Value {
  return unary('Sin', x);
}

export function cos(x: Value): Value {
  return unary('Cos', x);
}

export function tan(x: Value): Value {
  return unary('Tan', x);
}

/** -1, 0 or 1. No gradient, like {@link floor}, {@link ceil} and {@link round}. */
export function sign(x: Value): Value {
  return unary('Sign', x);
}

export function floor(x: Value): Value {
  return unary('Floor', x);
}

export function ceil(x: Value): Value {
  return unary('Ceil', x);
}

/** The nearest integer, halves to the even one. */
export function round(x: Value): Value {
  return unary('Round', x);
}

/** log(1 + eˣ). */
export function softplus(x: Value): Value {
  return unary('Softplus', x);
}

/** x · sigmoid(x) (Elfwing et al. 2018), also called swish. */
export function silu(x: Value): Value {
  return mul(x, sigmoid(x));
}

/** The smaller of x and y by element, broadcast. Equal ones share the gradient. */
export function minimum(x: Value, y: Operand): Value {
  return binary('Min', x, y);
}

/** The larger of x and y by element, broadcast. Equal ones share the gradient. */
export function maximum(x: Value, y: Operand): Value {
  return binary('Max', x, y);
}

/** x kept within bounds; the gradient passes where x lies within them. */
export function clip(x: Value, bounds: { readonly min?: number; readonly max?: number }): Value {
  const limits = [bounds.min, bounds.max].map((bound) =>
    bound === undefined ? undefined : x.graph.scalar(bound, x.dtype),
  );
  return single(x.graph.apply('Clip', [x, ...limits], {}));
}

/** x above 0, alpha · x below. */
export function leakyRelu(x: Value, alpha = 0.01): Value {
  return single(x.graph.apply('LeakyRelu', [x], { alpha }));
}

/** x · min(max(x + 3, 0), 6) / 6 (Howard et al. 2019). */
export function hardSwish(x: Value): Value {
  return unary('HardSwish', x);
}

/** x where the condition holds, else y; broadcast. */
export function where(condition: Value, x: Value, y: Operand): Value {
  return single(condition.graph.apply('Where', [condition, x, operand(x, y)], {}));
}

/** Booleans of x = y, broadcast. No gradient. */
export function equal(x: Value, y: Operand): Value {
  return binary('Equal', x, y);
}

/** Booleans of x < y, broadcast. No gradient. */
export function less(x: Value, y: Operand): Value {
  return binary('Less', x, y);
}

/** Booleans of x > y, broadcast. No gradient. */
export function greater(x: Value, y: Operand): Value {
  return binary('Greater', x, y);
}

export function and(x: Value, y: Value): Value {
  return binary('And', x, y);
}

export function or(x: Value, y: Value): Value {
  return binary('Or', x, y);
}

export function not(x: Value): Value {
  return unary('Not', x);
}

/** x in another element type; x itself when it has it. */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : single(x.graph.apply('Cast', [x], { to: dtypeCode(dtype) }));
}

/** x, through which no gradient flows. */
export function detach(x: Value): Value {
  return x.graph.detach(x);
}

type Unary =
  | 'Neg'
  | 'Abs'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Erf'
  | 'Tanh'
  | 'Relu'
  | 'Sigmoid'
  | 'Gelu'
  | 'Identity'
  | 'Not'
  | 'Sin'
  | 'Cos'
  | 'Tan'
  | 'Sign'
  | 'Floor'
  | 'Ceil'
  | 'Round'
  | 'Softplus'
  | 'HardSwish';
type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Equal' | 'Less' | 'Greater' | 'And' | 'Or' | 'Min' | 'Max';

function unary(operator: Unary & OperatorName, x: Value): Value {
  return single(x.graph.apply(operator, [x], {}));
}

function binary(operator: Binary & OperatorName, x: Value, y: Operand): Value {
  return single(x.graph.apply(operator, [x, operand(x, y)], {}));
}

function operand(x: Value, y: Operand): Value {
  return typeof y === 'number' ? x.graph.scalar(y, x.dtype) : y;
}

/** The only output of a node. */
export function single(outputs: readonly Value[]): Value {
  const [output] = outputs;
  if (output === undefined) throw new TypeError('graph: the operator has no output');
  return output;
}
