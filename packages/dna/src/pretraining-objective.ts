import type { BarcodeBert } from './barcode-bert.js';
import { contrastiveTask, type ContrastiveObjective } from './contrastive-objective.js';
import { maskedTask, type MaskedObjective } from './masked-objective.js';
import type { PretrainingTask } from './pretraining-task.js';

/** What self-supervised training asks of the encoder, as data: stored with the checkpoint. */
export type PretrainingObjective = MaskedObjective | ContrastiveObjective;

/** Binds an objective to an encoder. */
export function pretrainingTask(bert: BarcodeBert, objective: PretrainingObjective): PretrainingTask {
  switch (objective.kind) {
    case 'masked':
      return maskedTask(bert, objective);
    case 'contrastive':
      return contrastiveTask(bert, objective);
    default:
      throw new TypeError(`dna: unknown objective ${String(objective satisfies never)}`);
  }
}
