import { add, div, erf, exp, greater, less, log, mul, pow, sub, where } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Operator, Operators } from '../operator.js';
import { broadcastShapes } from '../shape.js';
import { required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Unary =
  'Neg' | 'Abs' | 'Exp' | 'Log' | 'Sqrt' | 'Reciprocal' | 'Erf' | 'Tanh' | 'Relu' | 'Sigmoid' | 'Gelu' | 'Identity';
type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow';

export const elementwiseOperators: Operators<Unary | Binary> = {
  Add: binary('Add', (g) => [g, g]),
  Sub: binary('Sub', (g) => [g, minus(g)]),
  Mul: binary('Mul', (g, x, y) => [mul(g, y), mul(g, x)]),
  Div: binary('Div', (g, _x, y, z) => [div(g, y), minus(div(mul(g, z), y))]),
  Pow: binary('Pow', (g, x, y, z) => [mul(g, mul(y, pow(x, sub(y, 1)))), mul(g, mul(z, log(x)))]),
  Neg: unary('Neg', (g) => minus(g)),
  Abs: unary('Abs', (g, x) => where(greater(x, 0), g, where(less(x, 0), minus(g), mul(x, 0)))),
  Exp: unary('Exp', (g, _x, z) => mul(g, z)),
  Log: unary('Log', (g, x) => div(g, x)),
  Sqrt: unary('Sqrt', (g, _x, z) => div(mul(g, 0.5), z)),
  Reciprocal: unary('Reciprocal', (g, _x, z) => minus(mul(g, mul(z, z)))),
  Erf: unary('Erf', (g, x) => mul(g, mul(exp(minus(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Tanh: unary('Tanh', (g, _x, z) => mul(g, sub(z.graph.scalar(1, z.dtype), mul(z, z)))),
  Relu: unary('Relu', (g, x) => where(greater(x, 0), g, 0)),
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
  slope: (g: Value, x: Value, z: Value) => Value,
  domain: '' | 'com.microsoft' = '',
): Operator<Unary> {
  return {
    domain,
    attributes: {},
    shape: (inputs) => {
      const [x] = required(name, inputs, 1) as [Value];
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, outputs, cotangents }) => [slope(cotangents[0] as Value, inputs[0] as Value, outputs[0] as Value)],
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
