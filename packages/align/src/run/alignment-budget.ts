import { constant, constantWithCooldown, cosineWithWarmup, oneCycle, type Schedule } from '@bioscan/graph';

/** How long and how fast; either `steps` or `epochs`. */
export interface AlignmentBudget {
  readonly steps?: number;
  readonly epochs?: number;
  /** Most rows a batch. Default 64. */
  readonly batchSize?: number;
  /** Parts that a batch is computed in by gradient caching: the same gradient, the memory of one part. Default 1. */
  readonly chunks?: number;
  /** Default 1e-3, for towers that start from random; published weights want 1e-5 to 2e-4. */
  readonly peakLearningRate?: number;
  /** Default: one cycle. */
  readonly schedule?: ScheduleChoice;
  /** Steps between two checkpoints; each validation writes one too. Default 500. */
  readonly checkpointEvery?: number;
}

/** A schedule by name, as stored with the run; the peak and the number of steps are the budget's. */
export type ScheduleChoice =
  | { readonly kind: 'one-cycle' }
  | { readonly kind: 'cosine'; readonly warmupSteps?: number }
  | { readonly kind: 'constant' }
  | { readonly kind: 'cooldown'; readonly warmupSteps?: number; readonly cooldownSteps?: number };

/** A budget with every default filled in. */
export type SettledAlignmentBudget = Required<Omit<AlignmentBudget, 'epochs'>>;

/** Fills in the defaults for epochs of so many batches. */
export function settleBudget(budget: AlignmentBudget, batchesPerEpoch: number): SettledAlignmentBudget {
  const { epochs, batchSize = defaultBatchSize, chunks = 1, peakLearningRate = 1e-3 } = budget;
  const { schedule = { kind: 'one-cycle' }, checkpointEvery = 500 } = budget;
  if ((budget.steps === undefined) === (epochs === undefined)) {
    throw new TypeError('align: the budget needs either steps or epochs');
  }
  const steps = budget.steps ?? Math.ceil((epochs as number) * batchesPerEpoch);
  for (const [name, value] of Object.entries({ steps, batchSize, chunks, checkpointEvery })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`align: ${name} must be 1 or more, got ${value}`);
  }
  return { steps, batchSize, chunks, peakLearningRate, schedule, checkpointEvery };
}

export const defaultBatchSize = 64;

/** The schedule that a budget names. */
export function scheduleOf({ schedule, steps, peakLearningRate: peak }: SettledAlignmentBudget): Schedule {
  const { kind } = schedule;
  switch (kind) {
    case 'one-cycle':
      return oneCycle({ peak, totalSteps: steps });
    case 'cosine':
      return cosineWithWarmup({ ...schedule, peak, totalSteps: steps });
    case 'constant':
      return constant(peak);
    case 'cooldown':
      return constantWithCooldown({ ...schedule, peak, totalSteps: steps });
    default:
      return kind satisfies never;
  }
}
