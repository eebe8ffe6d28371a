import { reshape } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import { sameShape } from '../shape.js';

/** Sums a slope over the axes along which `like` was repeated, back to its shape. */
export function unbroadcast(slope: Value, like: Value): Value {
  if (sameShape(slope.shape, like.shape)) return slope;
  const extra = slope.shape.length - like.shape.length;
  const axes = slope.shape.flatMap((size, axis) =>
    axis < extra || (like.shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  const summed = sum(slope, { axes });
  return sameShape(summed.shape, like.shape) ? summed : reshape(summed, like.shape);
}
