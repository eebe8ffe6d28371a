import type { DType } from '@bioscan/core';
import { cast, where } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import { dtypeOfCode } from '../onnx-types.js';
import type { Operator, Operators } from '../operator.js';
import { broadcastShapes, concreteShape, normalAxis } from '../shape.js';
import { isFloating, known, required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Comparison = 'Equal' | 'Less' | 'Greater' | 'And' | 'Or';

export const logicOperators: Operators<Comparison | 'Not' | 'Where' | 'Cast' | 'ArgMax' | 'ConstantOfShape'> = {
  Equal: comparison('Equal'),
  Less: comparison('Less'),
  Greater: comparison('Greater'),
  And: comparison('And'),
  Or: comparison('Or'),
  Not: {
    domain: '',
    attributes: {},
    shape: (inputs) => [{ dtype: 'bool', shape: (required('Not', inputs, 1) as [Value])[0].shape }],
    vjp: 'none',
  },
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
  ArgMax: {
    domain: '',
    attributes: { axis: 'int', keepdims: 'int' },
    shape: (inputs, { axis, keepdims }) => {
      const [x] = required('ArgMax', inputs, 1) as [Value];
      const at = normalAxis('ArgMax', axis, x.shape.length);
      return [{ dtype: 'int64', shape: x.shape.flatMap((size, i) => (i !== at ? [size] : keepdims === 1 ? [1] : [])) }];
    },
    vjp: 'none',
  },
  ConstantOfShape: {
    domain: '',
    attributes: { value: 'tensor' },
    shape: ([shape], { value }) => [
      { dtype: value.dtype, shape: concreteShape('ConstantOfShape', known('ConstantOfShape', 'shape', shape)) },
    ],
    vjp: 'none',
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
