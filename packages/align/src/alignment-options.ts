import type { CachedFeeds, OptimizerPlan, Rng, Tensors, TrainingState, TrainingStep } from '@bioscan/core';
import type { LearningRates, NamePattern } from '@bioscan/graph';
import type { AlignmentData } from './alignment-data.js';
import type { Modality } from './modality.js';
import type { Objective } from './objective.js';

/** What is aligned with what, and how that is judged: the model of a run. */
export interface AlignmentOptions {
  /** By name. One alone needs two views or a classifier. */
  readonly modalities: Readonly<Record<string, Modality>>;
  readonly objective: Objective;
  /** Of the common space. Default 256. */
  readonly width?: number;
  readonly logitScale?: LogitScaleOptions;
  /** The vocabulary of each label that a classifier learns, see {@link classesOf}. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
}

/** exp of a parameter that similarities are multiplied with before the loss. */
export interface LogitScaleOptions {
  /** The exponent at the start. Default ln(1 / 0.07); ln 10 where all contrasts are sigmoid. */
  readonly initial?: number;
  /** Bound on the exponent, which the scale never exceeds. Default ln 100, as open_clip; CLIBD has none (Infinity). */
  readonly largest?: number;
  /** Default true. */
  readonly learnable?: boolean;
}

export interface AlignmentStepOptions {
  /** Rows of every batch; a shorter one is padded with rows that count for nothing. */
  readonly batchSize: number;
  /**
   * Parts that a batch is taken in (gradient caching), a divisor of its size: the gradient is the whole batch's, memory that of a part,
   * at the cost of one more forward pass. Default 1.
   */
  readonly chunks?: number;
  /** Default: AdamW, weight decay 0.01. */
  readonly optimizer?: OptimizerPlan;
  /** Draws what has no weights yet and seeds dropout. */
  readonly seed: number;
  /** Parameters that stay as they are, by whole names (`image.tower.…`), beyond what the modalities say. */
  readonly freeze?: NamePattern;
  readonly learningRates?: LearningRates;
  /** Decay of an exponential moving average of the parameters. Default: none is kept. */
  readonly average?: number;
}

/** Feeds of a step: of one in chunks, those of each chunk and of the loss. */
export type AlignmentFeeds = Tensors | CachedFeeds;

/** A step and the parameters it starts with. */
export interface AlignmentStep {
  readonly step: TrainingStep;
  readonly initial: TrainingState;
  /** Feeds of the step for some rows, at most the batch size. With `rng`: augmented, for training. */
  collate(data: AlignmentData, rows: readonly number[], rng?: Rng): Promise<AlignmentFeeds>;
}
