import { cast, div, equal, mul, where } from '../functions/elementwise.js';
import { reshape, slice, unsqueeze } from '../functions/layout.js';
import { softmax } from '../functions/normalize.js';
import { mean, sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';

/**
 * How token vectors become one vector; published encoders use four definitions, so it is always named and recorded.
 * `masked-mean`: over attended tokens (BarcodeBERT's probes). `mean-all`: over all positions, padding included (its fine-tuning and README;
 * CLIBD's text). `cls`: the first token. `softmax-mean`: softmax over the width of each token, then the mean over all positions (CLIBD's DNA).
 */
export type TokenPooling = 'masked-mean' | 'mean-all' | 'cls' | 'softmax-mean';

/** Pools hidden (n, tokens, width) with an attention mask (n, tokens) to (n, width). A row without attended tokens gives zeros. */
export function poolTokens(hidden: Value, attentionMask: Value, pooling: TokenPooling): Value {
  switch (pooling) {
    case 'masked-mean': {
      const attended = cast(attentionMask, 'float32');
      const count = sum(attended, { axes: [1], keep: true });
      const atLeastOne = where(equal(count, 0), count.graph.scalar(1), count);
      return div(sum(mul(hidden, unsqueeze(attended, [2])), { axes: [1] }), atLeastOne);
    }
    case 'mean-all':
      return mean(hidden, { axes: [1] });
    case 'cls':
      return reshape(slice(hidden, 1, 0, 1), [-1, hidden.shape[2] as number]);
    case 'softmax-mean':
      return mean(softmax(hidden), { axes: [1] });
    default:
      throw new TypeError(`graph: unknown pooling ${String(pooling satisfies never)}`);
  }
}
