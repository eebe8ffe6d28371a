import { BioscanError, tensor } from '@bioscan/core';
import type { Value } from '../graph.js';
import { single } from './elementwise.js';

export interface ResizeOptions {
  /** Default 'linear'. */
  readonly mode?: 'nearest' | 'linear' | 'cubic';
  /** Put the corners of both images on each other instead of their edges. Default false. */
  readonly alignCorners?: boolean;
}

/** The spatial axes of x (n, c, …) in other sizes, as torch's interpolate without antialias. */
export function resize(x: Value, sizes: readonly number[], options: ResizeOptions = {}): Value {
  const { mode = 'linear', alignCorners = false } = options;
  if (sizes.length !== x.shape.length - 2) {
    throw new BioscanError('mismatch', `graph: resize, got ${sizes.length} sizes, expected ${x.shape.length - 2}`);
  }
  const { graph } = x;
  const smooth = alignCorners ? 'align_corners' : 'half_pixel';
  const attributes = {
    mode,
    coordinate_transformation_mode: mode === 'nearest' ? 'asymmetric' : smooth,
    ...(mode === 'nearest' ? { nearest_mode: 'floor' } : {}),
    ...(mode === 'cubic' ? { cubic_coeff_a: -0.75 } : {}),
  };
  const fixed = x.shape.slice(2).every((size) => typeof size === 'number') && typeof x.shape[0] === 'number';
  if (fixed) {
    const all = graph.integers([...(x.shape.slice(0, 2) as readonly number[]), ...sizes]);
    return single(graph.apply('Resize', [x, undefined, undefined, all], attributes));
  }
  // Scales leave a symbolic batch alone.
  const scales = sizes.map((size, i) => size / Number(x.shape[i + 2]));
  const factors = graph.constant(tensor('float32', [x.shape.length], Float32Array.of(1, 1, ...scales)));
  return single(graph.apply('Resize', [x, undefined, factors], attributes));
}
