import type { EncoderProvenance } from '@bioscan/core';
import type { RowKind } from '../probe-task.js';
import type { Retrieval } from './retrieval.js';

/** One system of the table: encoders (or alignment), trained once or from several seeds. */
export interface RetrievalSystem {
  readonly name: string;
  readonly kind: RowKind;
  readonly sources?: readonly EncoderProvenance[];
  /** One a seed; all of the same queries and one resampler. */
  readonly runs: readonly RetrievalRun[];
}

export type RetrievalRun = Pick<Retrieval, 'rows' | 'pairs'> & {
  readonly seed?: number;
  readonly warnings?: readonly string[];
};
