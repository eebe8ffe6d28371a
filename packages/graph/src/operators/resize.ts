import { BioscanError } from '@bioscan/core';
import type { OperatorAttributes } from '../attributes.js';
import { matmul } from '../functions/matmul.js';
import { transpose } from '../functions/layout.js';
import type { Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape, normalAxis, type Dimension } from '../shape.js';
import { known, required } from './inputs.js';
import { resizeMatrix } from './resize-matrix.js';

/** One resized axis. */
interface Stretch {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  /** What coordinates are computed with: the scale given, or the ratio of sizes. */
  readonly scale: number;
}

export const resizeOperators: Operators<'Resize'> = {
  Resize: {
    domain: '',
    attributes: {
      antialias: 'int',
      axes: 'ints',
      coordinate_transformation_mode: 'string',
      cubic_coeff_a: 'float',
      exclude_outside: 'int',
      extrapolation_value: 'float',
      keep_aspect_ratio_policy: 'string',
      mode: 'string',
      nearest_mode: 'string',
    },
    shape: (inputs, attributes) => {
      const [x] = required('resize', inputs, 1) as [Value];
      const stretches = stretchesOf(inputs, attributes);
      const shape = x.shape.map((size, axis) => stretches.find((item) => item.axis === axis)?.to ?? size);
      return [{ dtype: x.dtype, shape }];
    },
    vjp: resizeSlope,
  },
};

/** Resizing is linear and separable: along each axis a product with a constant matrix, whose slope is its transpose. */
function resizeSlope({ inputs, attributes, cotangents }: Backward<'Resize'>): readonly (Value | undefined)[] {
  const { graph } = cotangents[0] as Value;
  const rank = (inputs[0] as Value).shape.length;
  const slope = stretchesOf(inputs, attributes).reduce((g, { axis, from, to, scale }) => {
    const matrix = graph.constant(resizeMatrix({ from, to, scale }, attributes)); // (to, from)
    if (axis === rank - 1) return matmul(g, matrix);
    if (axis === rank - 2) return matmul(matrix, g, { transposeX: true });
    const order = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
    return transpose(matmul(transpose(g, order), matrix), order);
  }, cotangents[0] as Value);
  return [slope];
}

function stretchesOf(
  inputs: readonly (Value | undefined)[],
  attributes: OperatorAttributes['Resize'],
): readonly Stretch[] {
  const [x] = required('resize', inputs, 1) as [Value];
  if (attributes.keep_aspect_ratio_policy !== undefined && attributes.keep_aspect_ratio_policy !== 'stretch') {
    throw new BioscanError(
      'unsupported',
      'graph: resize, got keep_aspect_ratio_policy, expected fixed sizes or scales',
    );
  }
  const axes = (attributes.axes ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normalAxis('resize', axis, x.shape.length),
  );
  const scales = inputs[2] === undefined ? [] : known('resize', 'scales', inputs[2]);
  const sizes = inputs[3] === undefined ? [] : known('resize', 'sizes', inputs[3]);
  if (scales.length !== axes.length && sizes.length !== axes.length) {
    throw new BioscanError('mismatch', `graph: resize, got neither scales nor sizes for ${axes.length} axes`);
  }
  return axes.flatMap((axis, i) => {
    const size = x.shape[axis] as Dimension;
    if (scales[i] === 1 || sizes[i] === size) return [];
    const [from] = concreteShape('resize', [size]) as [number];
    const to = scales[i] === undefined ? (sizes[i] as number) : Math.floor(from * scales[i]);
    return to === from && scales[i] === undefined ? [] : [{ axis, from, to, scale: scales[i] ?? to / from }];
  });
}
