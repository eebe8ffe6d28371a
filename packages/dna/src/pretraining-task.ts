import type { Rng, Tensors, ValueSpec } from '@bioscan/core';
import type { Graph, Value, Values } from '@bioscan/graph';
import type { Augmentation } from './augment.js';

/** A mean over a batch as its two sums, so that batches can be added up. Both are scalars. */
export interface Ratio {
  readonly sum: Value;
  readonly weight: Value;
}

/** What a task adds to a graph: the loss, and further ratios by name. */
export interface TaskOutputs {
  readonly loss: Value;
  readonly ratios: Readonly<Record<string, Ratio>>;
}

/** An objective bound to an encoder: how a batch becomes tensors and the tensors a loss. */
export interface PretrainingTask {
  /** Feeds of a batch of `rows` barcodes. */
  inputs(rows: number): readonly ValueSpec[];
  /** Tensors of at most `rows` barcodes; missing ones count for nothing. A function of its arguments and the stream alone. */
  collate(barcodes: readonly string[], rows: number, augmentation: Augmentation, rng: Rng): Tensors;
  build(graph: Graph, inputs: Values): TaskOutputs;
}
