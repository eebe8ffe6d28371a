import { cast, equal, mul, single } from '../functions/elementwise.js';
import type { Value } from '../graph.js';

/**
 * 1 where z > 0, else 0, as a hard sigmoid so steep that the smallest normal number saturates it. ONNX Runtime runs it on
 * all threads; a cast comparison takes 1.4 times as long, Where 5 times.
 */
export function step(z: Value): Value {
  return single(z.graph.apply('HardSigmoid', [z], { alpha: 3.4e38, beta: 0 }));
}

/** The slope where an operator passed its input on unchanged, else 0. */
export function inside(g: Value, x: Value, y: Value): Value {
  return mul(g, cast(equal(x, y), g.dtype));
}
