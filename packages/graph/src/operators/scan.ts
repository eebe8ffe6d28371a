import { BioscanError, type DType } from '@bioscan/core';
import { single } from '../functions/elementwise.js';
import { scatterAdd } from '../functions/indexing.js';
import { zeros } from '../functions/layout.js';
import type { Value } from '../graph.js';
import type { Operator, Operators } from '../operator.js';
import { concreteShape, normalAxis } from '../shape.js';
import { known, required } from './inputs.js';

/** Operators that walk along one axis. */
export const scanOperators: Operators<'ArgMax' | 'ArgMin' | 'CumSum' | 'TopK'> = {
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  CumSum: {
    domain: '',
    attributes: { exclusive: 'int', reverse: 'int' },
    shape: (inputs) => {
      const [x] = required('cumSum', inputs, 2) as [Value];
      normalAxis('cumSum', known('cumSum', 'axis', inputs[1])[0] as number, x.shape.length);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, attributes: { exclusive = 0, reverse = 0 }, cotangents }) => {
      const g = cotangents[0] as Value;
      return [single(g.graph.apply('CumSum', [g, inputs[1]], { exclusive, reverse: 1 - reverse }))];
    },
  },
  TopK: {
    domain: '',
    attributes: { axis: 'int', largest: 'int', sorted: 'int' },
    shape: (inputs, { axis = -1 }) => {
      const [x] = required('topK', inputs, 2) as [Value];
      const at = normalAxis('topK', axis, x.shape.length);
      const [k] = known('topK', 'k', inputs[1]) as [number];
      const size = x.shape[at];
      if (k < 0 || (typeof size === 'number' && k > size)) {
        throw new BioscanError('mismatch', `graph: topK, got k ${k}, expected at most ${String(size)}`);
      }
      const shape = x.shape.map((old, i) => (i === at ? k : old));
      return [
        { dtype: x.dtype, shape },
        { dtype: 'int64', shape },
      ];
    },
    vjp: ({ inputs, outputs, attributes: { axis = -1 }, cotangents }) => {
      const [x] = inputs as [Value];
      const g = cotangents[0];
      if (g === undefined) return [undefined];
      return [scatterAdd(zeros(g, concreteShape('topK', x.shape)), outputs[1] as Value, g, axis)];
    },
  },
};

function argument<Name extends 'ArgMax' | 'ArgMin'>(name: Name): Operator<Name> {
  const dtype: DType = 'int64';
  const rule: Operator<'ArgMax'> = {
    domain: '',
    attributes: { axis: 'int', keepdims: 'int', select_last_index: 'int' },
    defaults: { axis: 0, keepdims: 1 },
    shape: (inputs, { axis, keepdims }) => {
      const [x] = required(name, inputs, 1) as [Value];
      const at = normalAxis(name, axis, x.shape.length);
      return [{ dtype, shape: x.shape.flatMap((size, i) => (i !== at ? [size] : keepdims === 1 ? [1] : [])) }];
    },
    vjp: 'none',
  };
  return rule as Operator<Name>;
}
