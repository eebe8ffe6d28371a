import { BioscanError } from '@bioscan/core';
import { add, div, mul, pow, reciprocal, sqrt, sub, abs } from '../functions/elementwise.js';
import { reshape } from '../functions/layout.js';
import { mean, sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { concreteShape, normalAxis, sameShape, showShape } from '../shape.js';
import { required } from './inputs.js';

type Normalization = 'InstanceNormalization' | 'GroupNormalization' | 'LpNormalization';

export const instanceNormalizationOperators: Operators<Normalization> = {
  InstanceNormalization: {
    domain: '',
    attributes: { epsilon: 'float' },
    shape: (inputs) => [scaled('instanceNorm', inputs, (inputs[0] as Value).shape[1] as number)],
    vjp: ({ inputs, attributes, through }) => {
      const [x, scale, shift] = inputs as [Value, Value, Value];
      const wide = [-1, ...x.shape.slice(2).map(() => 1)];
      return through(() => {
        const axes = x.shape.map((_, axis) => axis).slice(2);
        return [add(mul(standardized(x, axes, attributes.epsilon), reshape(scale, wide)), reshape(shift, wide))];
      });
    },
  },
  GroupNormalization: {
    domain: '',
    attributes: { epsilon: 'float', num_groups: 'int' },
    shape: (inputs, { num_groups }) => [scaled('groupNorm', inputs, num_groups)],
    vjp: ({ inputs, attributes: { epsilon, num_groups }, through }) => {
      const [x, scale, shift] = inputs as [Value, Value, Value];
      const shape = concreteShape('groupNorm', x.shape);
      return through(() => {
        const grouped = reshape(x, [shape[0] as number, num_groups, -1]);
        const standard = standardized(grouped, [2], epsilon);
        return [reshape(add(mul(standard, reshape(scale, [-1, 1])), reshape(shift, [-1, 1])), shape)];
      });
    },
  },
  LpNormalization: {
    domain: '',
    attributes: { axis: 'int', p: 'int' },
    shape: (inputs, { axis = -1 }) => {
      const [x] = required('lpNormalization', inputs, 1) as [Value];
      normalAxis('lpNormalization', axis, x.shape.length);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, attributes: { axis = -1, p = 2 }, through }) => {
      const [x] = inputs as [Value];
      const options = { axes: [axis], keep: true };
      return through(() => [div(x, p === 1 ? sum(abs(x), options) : sqrt(sum(pow(x, 2), options)))]);
    },
  },
};

/** Mean 0 and variance 1 over axes. */
function standardized(x: Value, axes: readonly number[], epsilon = 1e-5): Value {
  const centred = sub(x, mean(x, { axes, keep: true }));
  const variance = mean(mul(centred, centred), { axes, keep: true });
  return mul(centred, reciprocal(sqrt(add(variance, epsilon))));
}

function scaled(
  operator: string,
  inputs: readonly (Value | undefined)[],
  width: number,
): Pick<Value, 'dtype' | 'shape'> {
  const [x, scale, shift] = required(operator, inputs, 3) as [Value, Value, Value];
  const fits = x.shape.length > 2 && (typeof x.shape[1] !== 'number' || x.shape[1] % width === 0);
  if (fits && sameShape(scale.shape, [width]) && sameShape(shift.shape, [width])) {
    return { dtype: x.dtype, shape: x.shape };
  }
  throw new BioscanError(
    'mismatch',
    `graph: ${operator} of ${showShape(x.shape)}, got weights ${showShape(scale.shape)} and ${showShape(shift.shape)}, expected ${width} numbers each`,
  );
}
