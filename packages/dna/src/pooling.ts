import { BioscanError } from '@bioscan/core';
import {
  cast,
  div,
  mean,
  mul,
  reshape,
  slice,
  softmax,
  sum,
  unsqueeze,
  where,
  equal,
  type Value,
} from '@bioscan/graph';
import type { VocabularyDescriptor } from './vocabulary.js';

/**
 * How token vectors become one vector; upstream uses four definitions, so it is always named and recorded.
 * `masked-mean`: over attended tokens, unknown k-mers inside included (BarcodeBERT's probes). `mean-all`: over all positions, padding
 * included (its fine-tuning and README). `cls`: the first token, for vocabularies that prepend one. `softmax-mean`: softmax over the width
 * of each token, then the mean over all positions (CLIBD).
 */
export type Pooling = 'masked-mean' | 'mean-all' | 'cls' | 'softmax-mean';

export const poolings: readonly Pooling[] = ['masked-mean', 'mean-all', 'cls', 'softmax-mean'];

/** Pools hidden (n, tokens, width) with an attention mask (n, tokens) to (n, width). A row without attended tokens gives zeros. */
export function pool(hidden: Value, attentionMask: Value, pooling: Pooling): Value {
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
      throw new TypeError(`dna: unknown pooling ${String(pooling satisfies never)}`);
  }
}

/** @throws BioscanError `unsupported` for `cls` without a prepended token: the first k-mer is no summary. */
export function checkPooling(pooling: Pooling, vocabulary: VocabularyDescriptor): void {
  if (pooling === 'cls' && vocabulary.prependIds.length === 0) {
    throw new BioscanError(
      'unsupported',
      `dna: pooling 'cls', got vocabulary '${vocabulary.name}' without a prepended token, expected one; use 'masked-mean'`,
    );
  }
}
