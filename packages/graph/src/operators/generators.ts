import { BioscanError, tensor } from '@bioscan/core';
import type { Value } from '../graph.js';
import { dtypeOfCode } from '../onnx-types.js';
import type { Operators } from '../operator.js';
import { concreteShape, normalAxis, showShape } from '../shape.js';
import { known, required } from './inputs.js';

type Generator = 'ConstantOfShape' | 'Shape' | 'Size' | 'Range' | 'EyeLike' | 'OneHot' | 'NonZero';

/** Operators whose result tells nothing of their inputs' values, or not smoothly. */
export const generatorOperators: Operators<Generator> = {
  ConstantOfShape: {
    domain: '',
    attributes: { value: 'tensor' },
    defaults: { value: tensor('float32', [1], new Float32Array(1)) },
    shape: ([shape], { value }) => [
      { dtype: value.dtype, shape: concreteShape('ConstantOfShape', known('ConstantOfShape', 'shape', shape)) },
    ],
    vjp: 'none',
  },
  Shape: {
    domain: '',
    attributes: { start: 'int', end: 'int' },
    shape: (inputs, { start = 0, end }) => {
      const [x] = required('Shape', inputs, 1) as [Value];
      return [{ dtype: 'int64', shape: [x.shape.slice(start, end).length] }];
    },
    vjp: 'none',
  },
  Size: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      required('Size', inputs, 1);
      return [{ dtype: 'int64', shape: [] }];
    },
    vjp: 'none',
  },
  Range: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [start, limit, delta] = required('Range', inputs, 3) as [Value, Value, Value];
      const [from, to, by] = [start, limit, delta].map((value) => known('Range', 'bounds', value)[0]) as [
        number,
        number,
        number,
      ];
      return [{ dtype: start.dtype, shape: [Math.max(0, Math.ceil((to - from) / by))] }];
    },
    vjp: 'none',
  },
  EyeLike: {
    domain: '',
    attributes: { dtype: 'int', k: 'int' },
    shape: (inputs, { dtype }) => {
      const [x] = required('EyeLike', inputs, 1) as [Value];
      if (x.shape.length !== 2) {
        throw new BioscanError('mismatch', `graph: EyeLike, got ${showShape(x.shape)}, expected a matrix`);
      }
      return [{ dtype: dtype === undefined ? x.dtype : dtypeOfCode(dtype), shape: x.shape }];
    },
    vjp: 'none',
  },
  OneHot: {
    domain: '',
    attributes: { axis: 'int' },
    shape: (inputs, { axis = -1 }) => {
      const [indices, depth, values] = required('OneHot', inputs, 3) as [Value, Value, Value];
      const at = normalAxis('OneHot', axis, indices.shape.length + 1);
      const [size] = known('OneHot', 'depth', depth) as [number];
      return [{ dtype: values.dtype, shape: indices.shape.toSpliced(at, 0, size) }];
    },
    vjp: 'none',
  },
  NonZero: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x] = required('NonZero', inputs, 1) as [Value];
      // Only the data know how many there are: a symbol of this node's own.
      return [{ dtype: 'int64', shape: [x.shape.length, `nonzero${x.graph.nodes.length}`] }];
    },
    vjp: 'none',
  },
};
