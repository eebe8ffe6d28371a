import { BioscanError } from '@bioscan/core';
import { concat, reshape, split, transpose, zeros } from '../functions/layout.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import {
  broadcastShapes,
  concreteShape,
  normalAxis,
  productOf,
  quotientOf,
  sameShape,
  showShape,
  type Dimension,
  type Shape,
} from '../shape.js';
import { known, required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Layout = 'Transpose' | 'Reshape' | 'Expand' | 'Squeeze' | 'Unsqueeze' | 'Concat' | 'Split';

export const layoutOperators: Operators<Layout> = {
  Transpose: {
    domain: '',
    attributes: { perm: 'ints' },
    shape: (inputs, { perm }) => {
      const [x] = required('transpose', inputs, 1) as [Value];
      if ([...perm].sort((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join()) {
        throw new BioscanError(
          'mismatch',
          `graph: transpose, got order (${perm.join(', ')}) for ${showShape(x.shape)}, expected each axis once`,
        );
      }
      return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] as Dimension) }];
    },
    vjp: ({ attributes: { perm }, cotangents }) => [
      transpose(
        cotangents[0] as Value,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ],
  },
  Reshape: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, target] = required('reshape', inputs, 2) as [Value, Value];
      return [{ dtype: x.dtype, shape: reshapedShape(x.shape, known('reshape', 'shape', target)) }];
    },
    vjp: ({ inputs, cotangents }) => [reshape(cotangents[0] as Value, (inputs[0] as Value).shape)],
  },
  Expand: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x, target] = required('expand', inputs, 2) as [Value, Value];
      return [{ dtype: x.dtype, shape: broadcastShapes('expand', x.shape, known('expand', 'shape', target)) }];
    },
    vjp: ({ inputs, cotangents }) => [unbroadcast(cotangents[0] as Value, inputs[0] as Value)],
  },
  Squeeze: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x] = required('squeeze', inputs, 1) as [Value];
      const axes = known('squeeze', 'axes', inputs[1]).map((axis) => normalAxis('squeeze', axis, x.shape.length));
      if (axes.some((axis) => x.shape[axis] !== 1)) {
        throw new BioscanError(
          'mismatch',
          `graph: squeeze, got ${showShape(x.shape)} on axes ${axes.join(', ')}, expected size 1`,
        );
      }
      return [{ dtype: x.dtype, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }];
    },
    vjp: ({ inputs, cotangents }) => [reshape(cotangents[0] as Value, (inputs[0] as Value).shape)],
  },
  Unsqueeze: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x] = required('unsqueeze', inputs, 1) as [Value];
      const places = known('unsqueeze', 'axes', inputs[1]);
      const rank = x.shape.length + places.length;
      const axes = places.map((axis) => normalAxis('unsqueeze', axis, rank));
      const rest = [...x.shape];
      const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() as Dimension)));
      return [{ dtype: x.dtype, shape }];
    },
    vjp: ({ inputs, cotangents }) => [reshape(cotangents[0] as Value, (inputs[0] as Value).shape)],
  },
  Concat: {
    domain: '',
    attributes: { axis: 'int' },
    shape: (inputs, { axis }) => {
      const values = required('concat', inputs, Math.max(1, inputs.length));
      const [first] = values as [Value];
      const at = normalAxis('concat', axis, first.shape.length);
      for (const value of values) {
        sameType('concat', first, value);
        if (!sameShape(without(value.shape, at), without(first.shape, at))) {
          throw new BioscanError(
            'mismatch',
            `graph: concat on axis ${at}, got ${showShape(first.shape)} and ${showShape(value.shape)}, expected equal shapes but for that axis`,
          );
        }
      }
      const total = concreteShape(
        'concat',
        values.map((value) => value.shape[at] as Dimension),
      ).reduce((a, b) => a + b, 0);
      return [{ dtype: first.dtype, shape: first.shape.map((size, i) => (i === at ? total : size)) }];
    },
    vjp: ({ inputs, attributes: { axis }, cotangents }) => {
      const sizes = (inputs as readonly Value[]).map((value) => value.shape.at(axis) as Dimension);
      return split(cotangents[0] as Value, axis, concreteShape('concat', sizes));
    },
  },
  Split: {
    domain: '',
    attributes: { axis: 'int' },
    defaults: { axis: 0 },
    shape: (inputs, { axis }) => {
      const [x] = required('split', inputs, 1) as [Value];
      const at = normalAxis('split', axis, x.shape.length);
      const sizes = known('split', 'sizes', inputs[1]);
      if (sizes.reduce((a, b) => a + b, 0) !== x.shape[at]) {
        throw new BioscanError(
          'mismatch',
          `graph: split of ${showShape(x.shape)} on axis ${at}, got sizes ${sizes.join(', ')}, expected their sum to be ${String(x.shape[at])}`,
        );
      }
      return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((old, i) => (i === at ? size : old)) }));
    },
    vjp: ({ outputs, attributes: { axis }, cotangents }) => [
      concat(
        outputs.map((output, i) => cotangents[i] ?? zeros(output, concreteShape('split', output.shape))),
        axis,
      ),
    ],
  },
};

function without(shape: Shape, axis: number): Shape {
  return shape.filter((_, i) => i !== axis);
}

/** ONNX Reshape: 0 keeps the input's dimension at that axis, -1 takes what is left. */
function reshapedShape(shape: Shape, target: readonly number[]): Shape {
  const kept: Dimension[] = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
  const open = kept.indexOf(-1);
  const total = productOf(shape);
  const rest = productOf(kept.filter((_, axis) => axis !== open));
  const size = quotientOf(total, rest);
  if (size === undefined || (open < 0 && size !== 1)) {
    throw new BioscanError(
      'mismatch',
      `graph: reshape, got ${showShape(shape)} to ${showShape(target)}, expected the same number of elements`,
    );
  }
  return kept.map((old, axis) => (axis === open ? size : old));
}
