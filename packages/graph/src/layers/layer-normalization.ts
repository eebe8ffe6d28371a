import { layerNorm } from '../functions/normalize.js';
import { sizeOf } from '../functions/layout.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';

/** Layer normalisation over the last axis. Parameters `name.weight` (ones) and `name.bias` (zeros). */
export function layerNormalization(x: Value, name: string, epsilon = 1e-5): Value {
  const width = concreteShape(`layerNormalization '${name}'`, [sizeOf(x, -1)]);
  const scale = x.graph.parameter(`${name}.weight`, width, { initial: 'ones' });
  const shift = x.graph.parameter(`${name}.bias`, width, { initial: 'zeros' });
  return layerNorm(x, scale, shift, epsilon);
}
