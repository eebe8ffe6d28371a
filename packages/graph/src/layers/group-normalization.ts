import { sizeOf } from '../functions/layout.js';
import { groupNorm } from '../functions/normalize.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';

/** Group normalisation of x (n, c, …). Parameters `name.weight` (ones) and `name.bias` (zeros), a number a channel. */
export function groupNormalization(x: Value, name: string, groups: number, epsilon = 1e-5): Value {
  const channels = concreteShape(`groupNormalization '${name}'`, [sizeOf(x, 1)]);
  const scale = x.graph.parameter(`${name}.weight`, channels, { initial: 'ones' });
  const shift = x.graph.parameter(`${name}.bias`, channels, { initial: 'zeros' });
  return groupNorm(x, scale, shift, groups, epsilon);
}
