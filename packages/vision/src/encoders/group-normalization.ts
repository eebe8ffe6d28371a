import { tensor } from '@bioscan/core';
import { add, mul, reshape, type Value } from '@bioscan/graph';

/**
 * Group normalisation (Wu & He 2018) of (n, c, h, w): mean 0 and variance 1 over each picture's groups of channels, then scaled and shifted
 * by channel. Parameters `name.weight` (ones) and `name.bias` (zeros).
 */
export function groupNormalization(x: Value, name: string, groups: number, epsilon = 1e-5): Value {
  const [n, channels, height, width] = x.shape as [number | string, number, number, number];
  const { graph } = x;
  // As instances of groups: the operator of that name has no kernel before opset 21.
  const grouped = reshape(x, [n, groups, (channels / groups) * height * width]);
  const one = graph.constant(tensor('float32', [groups], new Float32Array(groups).fill(1)));
  const none = graph.constant(tensor('float32', [groups], new Float32Array(groups)));
  const [standard] = graph.apply('InstanceNormalization', [grouped, one, none], { epsilon }) as [Value];
  const scale = graph.parameter(`${name}.weight`, [channels], { initial: 'ones' });
  const shift = graph.parameter(`${name}.bias`, [channels], { initial: 'zeros' });
  const wide = [1, channels, 1, 1];
  return add(mul(reshape(standard, x.shape), reshape(scale, wide)), reshape(shift, wide));
}
