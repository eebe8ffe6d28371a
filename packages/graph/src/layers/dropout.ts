import { mul } from '../functions/elementwise.js';
import type { Value } from '../graph.js';

/** In a training graph x times a mask of 0 and 1/(1-rate) that the engine draws anew each step; in an inference graph, or inside graph.withoutDropout(), x. */
export function dropout(x: Value, rate: number): Value {
  if (rate === 0 || !x.graph.drops) return x;
  return mul(x, x.graph.mask(x.shape, rate));
}
