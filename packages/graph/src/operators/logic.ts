import type { DType } from '@bioscan/core';
import type { AttributeKinds } from '../attributes.js';
import { cast, where } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import { dtypeOfCode } from '../onnx-types.js';
import type { Operator, Operators } from '../operator.js';
import { broadcastShapes } from '../shape.js';
import { isFloating, required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Comparison = 'Equal' | 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual' | 'And' | 'Or' | 'Xor';
type Logic = Comparison | 'Not' | 'IsNaN' | 'IsInf' | 'Where' | 'Cast' | 'CastLike';

export const logicOperators: Operators<Logic> = {
  Equal: comparison('Equal'),
  Less: comparison('Less'),
  LessOrEqual: comparison('LessOrEqual'),
  Greater: comparison('Greater'),
  GreaterOrEqual: comparison('GreaterOrEqual'),
  And: comparison('And'),
  Or: comparison('Or'),
  Xor: comparison('Xor'),
  Not: test('Not', {}),
  IsNaN: test('IsNaN', {}),
  IsInf: test('IsInf', { detect_negative: 'int', detect_positive: 'int' }),
  Where: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [condition, x, y] = required('Where', inputs, 3) as [Value, Value, Value];
      sameType('Where', x, y);
      const shape = broadcastShapes('Where', condition.shape, broadcastShapes('Where', x.shape, y.shape));
      return [{ dtype: x.dtype, shape }];
    },
    vjp: ({ inputs, cotangents }) => {
      const [condition, x, y] = inputs as [Value, Value, Value];
      const g = cotangents[0] as Value;
      const zero = g.graph.scalar(0, g.dtype);
      return [undefined, unbroadcast(where(condition, g, zero), x), unbroadcast(where(condition, zero, g), y)];
    },
  },
  Cast: {
    domain: '',
    attributes: { to: 'int' },
    shape: (inputs, { to }) => [{ dtype: dtypeOfCode(to), shape: (required('Cast', inputs, 1) as [Value])[0].shape }],
    vjp: ({ inputs, cotangents }) => {
      const [x] = inputs as [Value];
      return [isFloating(x) ? cast(cotangents[0] as Value, x.dtype) : undefined];
    },
  },
  CastLike: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, like] = required('CastLike', inputs, 2) as [Value, Value];
      return [{ dtype: like.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, cotangents }) => {
      const [x] = inputs as [Value];
      return [isFloating(x) ? cast(cotangents[0] as Value, x.dtype) : undefined];
    },
  },
};

function comparison(name: Comparison): Operator<Comparison> {
  const bool: DType = 'bool';
  return {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, y] = required(name, inputs, 2) as [Value, Value];
      sameType(name, x, y);
      return [{ dtype: bool, shape: broadcastShapes(name, x.shape, y.shape) }];
    },
    vjp: 'none',
  };
}

function test<Name extends 'Not' | 'IsNaN' | 'IsInf'>(name: Name, attributes: AttributeKinds<Name>): Operator<Name> {
  return {
    domain: '',
    attributes,
    shape: (inputs) => [{ dtype: 'bool', shape: (required(name, inputs, 1) as [Value])[0].shape }],
    vjp: 'none',
  };
}
