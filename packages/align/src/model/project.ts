import { gelu, linear, type Value } from '@bioscan/graph';
import type { Projection } from '../modality.js';

/** A tower's vectors (n, d) in the common space (n, width), not yet of unit length. Parameters `0.weight`, `0.bias`, `1.weight`, … */
export function project(vectors: Value, projection: Projection, width: number): Value {
  const own = vectors.shape[1] as number;
  switch (projection.kind) {
    case 'none':
      if (own === width) return vectors;
      throw new RangeError(`align: no projection from ${own}, expected the common width ${width}`);
    case 'linear':
      return linear(vectors, '0', width);
    case 'mlp': {
      const { hidden = own, layers = 2 } = projection;
      if (!Number.isInteger(layers) || layers < 1)
        throw new RangeError(`align: MLP of ${layers} layers, expected 1 or more`);
      let x = vectors;
      for (let i = 0; i < layers - 1; i++) x = gelu(linear(x, String(i), hidden));
      return linear(x, String(layers - 1), width);
    }
    default:
      return projection satisfies never;
  }
}
