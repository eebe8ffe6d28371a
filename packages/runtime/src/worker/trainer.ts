import type { StepControls, Tensors, TrainingState } from '@bioscan/core';

/** A training step and its state. */
export interface Trainer {
  /** One update from one feed, several micro-batches, or the chunks of one batch and what its loss reads (`whole`). */
  step(batches: readonly Tensors[], controls: StepControls, whole?: Tensors): Promise<Tensors>;
  /** One update a feed. */
  steps(feeds: readonly Tensors[], controls: readonly StepControls[]): Promise<readonly Tensors[]>;
  read(): TrainingState;
  write(state: TrainingState): void;
  release(): Promise<void>;
}
