import { BioscanError } from '@bioscan/core';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { showShape } from '../shape.js';
import { required } from './inputs.js';

/** Kernels of 8-bit inference. No gradient passes: quantise after training. */
export const quantisedOperators: Operators<'DynamicQuantizeMatMul' | 'QuantizeLinear' | 'DequantizeLinear'> = {
  DynamicQuantizeMatMul: {
    domain: 'com.microsoft',
    attributes: {},
    shape: (inputs) => {
      const [x, codes] = required('DynamicQuantizeMatMul', inputs, 3) as [Value, Value, Value];
      const [inner, outputs] = codes.shape;
      if (codes.dtype === 'int8' && codes.shape.length === 2 && x.shape.at(-1) === inner && outputs !== undefined) {
        return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), outputs] }];
      }
      throw new BioscanError(
        'mismatch',
        `graph: DynamicQuantizeMatMul of ${showShape(x.shape)}, got a weight ${codes.dtype} ${showShape(codes.shape)}, expected int8 (${x.shape.at(-1) ?? '?'}, outputs)`,
      );
    },
    vjp: 'none',
  },
  QuantizeLinear: {
    domain: '',
    attributes: { axis: 'int' },
    shape: (inputs) => {
      const [x, , zero] = required('QuantizeLinear', inputs, 3) as [Value, Value, Value];
      return [{ dtype: zero.dtype, shape: x.shape }];
    },
    vjp: 'none',
  },
  DequantizeLinear: {
    domain: '',
    attributes: { axis: 'int' },
    shape: (inputs) => {
      const [codes, step] = required('DequantizeLinear', inputs, 2) as [Value, Value];
      return [{ dtype: step.dtype, shape: codes.shape }];
    },
    vjp: 'none',
  },
};
