import { rng } from '@bioscan/core';
import { oneCycle, type Schedule } from '@bioscan/graph';

/** How long and how fast; either `steps` or `epochs`. */
export interface PretrainingBudget {
  readonly steps?: number;
  readonly epochs?: number;
  /** Default 16, upstream's. */
  readonly batchSize?: number;
  /** Peak of the cycle. Default 1e-4 · batchSize / 64, upstream's rule. */
  readonly peakLearningRate?: number;
  /** Decoupled, on matrices only. Default 0. */
  readonly weightDecay?: number;
  /** Steps between two checkpoints. Default 500. */
  readonly checkpointEvery?: number;
  /** Steps between two held-out evaluations; there is always one at the end. Default: at the end only. */
  readonly evaluateEvery?: number;
}

/** A budget with every default filled in. */
export type SettledBudget = Required<Omit<PretrainingBudget, 'epochs'>>;

/** What happens at each step, as pure functions of (seed, step). */
export interface PretrainingPlan {
  readonly budget: SettledBudget;
  readonly stepsPerEpoch: number;
  readonly schedule: Schedule;
  /** Indices of the barcodes of a step; the last batch of an epoch may be shorter. */
  batch(step: number): readonly number[];
}

/** Plans a run over `size` barcodes: each epoch visits each barcode once, in an order of its own. */
export function planPretraining(size: number, budget: PretrainingBudget, seed: number): PretrainingPlan {
  const { batchSize = 16, steps, epochs } = budget;
  if (size < 1) throw new RangeError('dna: pretraining needs at least one barcode');
  if ((steps === undefined) === (epochs === undefined)) {
    throw new TypeError('dna: the budget needs either steps or epochs');
  }
  const stepsPerEpoch = Math.ceil(size / batchSize);
  const settled = settle(budget, steps ?? (epochs as number) * stepsPerEpoch, batchSize);
  let known: { epoch: number; order: number[] } | undefined;
  return {
    budget: settled,
    stepsPerEpoch,
    schedule: oneCycle({ peak: settled.peakLearningRate, totalSteps: settled.steps }),
    batch(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (known?.epoch !== epoch) known = { epoch, order: epochOrder(size, epoch, seed) };
      const start = (step % stepsPerEpoch) * batchSize;
      return known.order.slice(start, start + batchSize);
    },
  };
}

function settle(budget: PretrainingBudget, steps: number, batchSize: number): SettledBudget {
  const { peakLearningRate = (1e-4 * batchSize) / 64, weightDecay = 0, checkpointEvery = 500 } = budget;
  const { evaluateEvery = steps } = budget;
  for (const [name, value] of Object.entries({ steps, batchSize, checkpointEvery, evaluateEvery })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`dna: ${name} must be 1 or more, got ${value}`);
  }
  return { steps, batchSize, peakLearningRate, weightDecay, checkpointEvery, evaluateEvery };
}

function epochOrder(size: number, epoch: number, seed: number): number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  return rng(seed).split('order').split(epoch).shuffle(order);
}
