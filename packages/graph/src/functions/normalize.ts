import { BioscanError, tensor } from '@bioscan/core';
import type { Value } from '../graph.js';
import { productOf, quotientOf, type Dimension } from '../shape.js';
import { add, div, mul, single, sqrt } from './elementwise.js';
import { reshape } from './layout.js';
import { sum } from './reduce.js';

export function softmax(x: Value, axis = -1): Value {
  return single(x.graph.apply('Softmax', [x], { axis }));
}

export function logSoftmax(x: Value, axis = -1): Value {
  return single(x.graph.apply('LogSoftmax', [x], { axis }));
}

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts (Ba et al. 2016). */
export function layerNorm(x: Value, scale: Value, shift: Value, epsilon = 1e-5): Value {
  return single(x.graph.apply('LayerNormalization', [x, scale, shift], { axis: -1, epsilon }));
}

/** Rows of unit Euclidean length along the last axis; epsilon² guards zero rows. */
export function normalizeRows(x: Value, epsilon = 1e-12): Value {
  const squares = sum(mul(x, x), { axes: [-1], keep: true });
  return div(x, sqrt(add(squares, epsilon * epsilon)));
}

/** Normalises groups of channels of each sample to mean 0 and variance 1, then scales and shifts each channel (Wu & He 2018). */
export function groupNorm(x: Value, scale: Value, shift: Value, groups: number, epsilon = 1e-5): Value {
  const { graph } = x;
  const [channels, ...spatial] = x.shape.slice(1) as [Dimension, ...Dimension[]];
  const rows = reshape(x, [x.shape[0] as Dimension, groups, productOf(grouped(channels, groups, spatial))]);
  const [one, zero] = [1, 0].map((fill) =>
    graph.constant(tensor('float32', [groups], new Float32Array(groups).fill(fill))),
  ) as [Value, Value];
  const standard = single(graph.apply('InstanceNormalization', [rows, one, zero], { epsilon }));
  const wide = [-1, ...spatial.map(() => 1)];
  return add(mul(reshape(standard, x.shape), reshape(scale, wide)), reshape(shift, wide));
}

function grouped(channels: Dimension, groups: number, spatial: readonly Dimension[]): readonly Dimension[] {
  const depth = quotientOf(channels, groups);
  if (depth !== undefined) return [depth, ...spatial];
  throw new BioscanError('mismatch', `graph: groupNorm, got ${channels} channels, expected a multiple of ${groups}`);
}
