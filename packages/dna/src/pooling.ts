import { BioscanError } from '@bioscan/core';
import type { TokenPooling } from '@bioscan/graph';
import type { VocabularyDescriptor } from './vocabulary.js';

/** How token vectors become one vector: `poolTokens` of graph. Under `masked-mean` unknown k-mers inside the barcode count. */
export type Pooling = TokenPooling;

export const poolings: readonly Pooling[] = ['masked-mean', 'mean-all', 'cls', 'softmax-mean'];

/** @throws BioscanError `unsupported` for `cls` without a prepended token: the first k-mer is no summary. */
export function checkPooling(pooling: Pooling, vocabulary: VocabularyDescriptor): void {
  if (pooling === 'cls' && vocabulary.prependIds.length === 0) {
    throw new BioscanError(
      'unsupported',
      `dna: pooling 'cls', got vocabulary '${vocabulary.name}' without a prepended token, expected one; use 'masked-mean'`,
    );
  }
}
