import type { Value } from '../graph.js';

/**
 * Activation checkpointing (Chen et al. 2016): the values inside the block are not kept for the backward pass but computed again there,
 * which costs one more forward pass of the block. Slopes are the same; dropout masks are inputs, so they do not change.
 * @example
 * const output = recompute(x, (x) => encoderLayer(x, 'layer.0', { heads: 4 }));
 */
export function recompute(x: Value, block: (x: Value) => Value): Value {
  return x.graph.mode === 'inference' ? block(x) : x.graph.block(() => block(x));
}
