import type { EmbeddingBlock, Runtime, TrainingState } from '@bioscan/core';
import type { Alignment } from '../alignment.js';
import type { AlignmentData } from '../alignment-data.js';

/** Held-out rows, and how the model is judged on them while it trains. */
export interface AlignmentValidation {
  readonly data: AlignmentData;
  /** Steps between two evaluations; there is always one at the end. Default: once an epoch, at most 20 times in all. */
  readonly every?: number;
  /** Stop after so many evaluations without a better score. Default: never. */
  readonly patience?: number;
  readonly score: ValidationScore;
}

/** A number that is better when larger, such as {@link retrievalScore}. */
export interface ValidationScore {
  /** Fixes how it is taken; stored with the run. */
  readonly name: string;
  /** Modalities that are embedded for it; none where the model itself is asked. */
  readonly modalities: readonly string[];
  /** Of the unit vectors of each modality and the labels of all rows. */
  score(
    vectors: Readonly<Record<string, EmbeddingBlock>>,
    data: AlignmentData,
    context?: ValidationContext,
  ): number | Promise<number>;
}

/** What is validated, for scores that need more than vectors: a classifier's names. The trainer always gives it. */
export interface ValidationContext {
  readonly model: Alignment;
  readonly state: TrainingState;
  readonly runtime: Pick<Runtime, 'open'>;
}
