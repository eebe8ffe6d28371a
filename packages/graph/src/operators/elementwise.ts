import { add, cos, div, erf, exp, log, mul, pow, round, sign, sin, sub } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Operator, Operators } from '../operator.js';
import { broadcastShapes } from '../shape.js';
import { required, sameType } from './inputs.js';
import { step } from './step.js';
import { unbroadcast } from './unbroadcast.js';

type Unary =
  | 'Neg'
  | 'Abs'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Erf'
  | 'Sin'
  | 'Cos'
  | 'Tan'
  | 'Tanh'
  | 'Relu'
  | 'Sigmoid'
  | 'Gelu'
  | 'Identity'
  | Stepped;
type Stepped = 'Sign' | 'Floor' | 'Ceil' | 'Round';
type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow';

export const elementwiseOperators: Operators<Unary | Binary | 'Mod'> = {
  Add: binary('Add', (g) => [g, g]),
  Sub: binary('Sub', (g) => [g, minus(g)]),
  Mul: binary('Mul', (g, x, y) => [mul(g, y), mul(g, x)]),
  Div: binary('Div', (g, _x, y, z) => [div(g, y), minus(div(mul(g, z), y))]),
  Pow: binary('Pow', (g, x, y, z) => [mul(g, mul(y, pow(x, sub(y, 1)))), mul(g, mul(z, log(x)))]),
  Mod: {
    domain: '',
    attributes: { fmod: 'int' },
    shape: (inputs) => {
      const [x, y] = required('Mod', inputs, 2) as [Value, Value];
      sameType('Mod', x, y);
      return [{ dtype: x.dtype, shape: broadcastShapes('Mod', x.shape, y.shape) }];
    },
    vjp: ({ inputs, outputs, cotangents }) => {
      const [x, y] = inputs as [Value, Value];
      const g = cotangents[0] as Value;
      // x - y · quotient, the quotient a whole number that does not move.
      const quotient = round(div(sub(x, outputs[0] as Value), y));
      return [unbroadcast(g, x), unbroadcast(minus(mul(g, quotient)), y)];
    },
  },
  Neg: unary('Neg', (g) => minus(g)),
  Abs: unary('Abs', (g, x) => mul(g, sign(x))),
  Exp: unary('Exp', (g, _x, z) => mul(g, z)),
  Log: unary('Log', (g, x) => div(g, x)),
  Sqrt: unary('Sqrt', (g, _x, z) => div(mul(g, 0.5), z)),
  Reciprocal: unary('Reciprocal', (g, _x, z) => minus(mul(g, mul(z, z)))),
  Erf: unary('Erf', (g, x) => mul(g, mul(exp(minus(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Sin: unary('Sin', (g, x) => mul(g, cos(x))),
  Cos: unary('Cos', (g, x) => minus(mul(g, sin(x)))),
  Tan: unary('Tan', (g, _x, z) => mul(g, add(mul(z, z), 1))),
  Sign: unary('Sign', 'none'),
  Floor: unary('Floor', 'none'),
  Ceil: unary('Ceil', 'none'),
  Round: unary('Round', 'none'),
  Tanh: unary('Tanh', (g, _x, z) => mul(g, sub(z.graph.scalar(1, z.dtype), mul(z, z)))),
  Relu: unary('Relu', (g, _x, z) => mul(g, step(z))),
  Sigmoid: unary('Sigmoid', (g, _x, z) => mul(g, mul(z, sub(z.graph.scalar(1, z.dtype), z)))),
  Gelu: unary('Gelu', geluSlope, 'com.microsoft'),
  Identity: unary('Identity', (g) => g),
};

/** Φ(x) + x φ(x) = ½ (1 + erf(x/√2) + 2 x φ(x)), in the fewest passes over memory. */
function geluSlope(g: Value, x: Value): Value {
  const half = mul(x, -0.5);
  const bell = mul(exp(mul(half, x)), half);
  const inner = add(erf(mul(x, Math.SQRT1_2)), mul(bell, -4 / Math.sqrt(2 * Math.PI)));
  return mul(g, add(mul(inner, 0.5), 0.5));
}

/** ONNX Runtime's Neg runs on one thread, its Mul on all. */
function minus(x: Value): Value {
  return mul(x, -1);
}

function unary(
  name: Unary,
  slope: ((g: Value, x: Value, z: Value) => Value) | 'none',
  domain: '' | 'com.microsoft' = '',
): Operator<Unary> {
  return {
    domain,
    attributes: {},
    shape: (inputs) => {
      const [x] = required(name, inputs, 1) as [Value];
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp:
      slope === 'none'
        ? 'none'
        : ({ inputs, outputs, cotangents }) => [slope(cotangents[0] as Value, inputs[0] as Value, outputs[0] as Value)],
  };
}

function binary(
  name: Binary,
  slopes: (g: Value, x: Value, y: Value, z: Value) => readonly [Value, Value],
): Operator<Binary> {
  return {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, y] = required(name, inputs, 2) as [Value, Value];
      sameType(name, x, y);
      return [{ dtype: x.dtype, shape: broadcastShapes(name, x.shape, y.shape) }];
    },
    vjp: ({ inputs, outputs, cotangents }) => {
      const [x, y] = inputs as [Value, Value];
      const [left, right] = slopes(cotangents[0] as Value, x, y, outputs[0] as Value);
      return [unbroadcast(left, x), unbroadcast(right, y)];
    },
  };
}
