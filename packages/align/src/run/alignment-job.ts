import { rng, type OptimizerPlan, type TrainingState, type TrainingStep } from '@bioscan/core';
import { adamw, type Schedule } from '@bioscan/graph';
import type { AlignmentData } from '../alignment-data.js';
import type { AlignmentFeeds } from '../alignment-options.js';
import type { Alignment } from '../alignment.js';
import {
  defaultBatchSize,
  scheduleOf,
  settleBudget,
  type AlignmentBudget,
  type SettledAlignmentBudget,
} from './alignment-budget.js';
import { planBatches, type BatchPlan } from './plan-batches.js';
import type { RunRecord } from './run-record.js';
import type { Sampler } from './sampler.js';
import { usableRows, type UsableRows } from './usable-rows.js';
import type { AlignmentValidation } from './validation.js';

/** What to train on what: the arguments that fix the result, to the byte. */
export interface AlignmentRun {
  readonly model: Alignment;
  readonly data: AlignmentData;
  /** Default: none; the best parameters are then the last. */
  readonly validation?: AlignmentValidation;
  /** Default: shuffled. */
  readonly sampler?: Sampler;
  readonly budget: AlignmentBudget;
  /** Default: AdamW with weight decay 0.01 and gradients clipped at norm 1. */
  readonly optimizer?: OptimizerPlan;
  /** Decay of a moving average of the parameters; the average is then what is validated and kept. Default: none. */
  readonly average?: number;
  /** Parameters, order, augmentation and dropout. Default 0. */
  readonly seed?: number;
}

/** What a run is going to do, before any engine is opened. */
export interface AlignmentPlan {
  /** What planMemory() of graph reads. */
  readonly step: TrainingStep;
  readonly budget: SettledAlignmentBudget;
  readonly batches: BatchPlan;
  readonly rows: UsableRows;
  /** Steps between two evaluations; absent without validation. */
  readonly evaluateEvery?: number;
  /** What the user should know, such as a batch larger than the data or rows without a modality. */
  readonly warnings: readonly string[];
}

/** A run worked out: every batch and the training step. */
export interface AlignmentJob extends AlignmentPlan {
  readonly run: AlignmentRun;
  /** What fixes the run, but for weights that towers start from. */
  readonly record: Omit<RunRecord, 'weights'>;
  readonly schedule: Schedule;
  readonly initial: TrainingState;
  /** Rows of a step, by place in the data. */
  batch(step: number): readonly number[];
  /** Tensors of a step; a function of the run and the step alone. */
  feeds(step: number): Promise<AlignmentFeeds>;
}

/** Works a run out. Builds the training graph; reads no input. @throws BioscanError `bad-input` when nothing could be learnt */
export function alignmentJob(run: AlignmentRun): AlignmentJob {
  const { model, data, sampler = { kind: 'shuffled' }, optimizer = adamw({ clipNorm: 1 }), average, seed = 0 } = run;
  model.check(data);
  const rows = usableRows(data, model.modalities, model.objective);
  const { batchSize = defaultBatchSize } = run.budget;
  const batches = planBatches({
    ...{ rows: rows.rows, labels: data.labels, modalities: data.modalities },
    ...{ sampler, batchSize, seed },
  });
  const budget = settleBudget(run.budget, batches.batchesPerEpoch);
  const evaluateEvery = checkedEvery(run.validation, Math.max(batches.batchesPerEpoch, Math.ceil(budget.steps / 20)));
  const planned = model.step({
    // A batch that the chunks do not divide is padded.
    batchSize: budget.chunks * Math.ceil(batches.batchSize / budget.chunks),
    chunks: budget.chunks,
    optimizer,
    seed,
    ...(average === undefined ? {} : { average }),
  });
  const augmentations = rng(seed).split('batch');
  return {
    run,
    record: recordOf(run, { sampler, optimizer, budget, seed, evaluateEvery }),
    step: planned.step,
    initial: planned.initial,
    budget,
    batches,
    rows,
    ...(run.validation === undefined ? {} : { evaluateEvery }),
    warnings: [...rowWarnings(rows), ...batches.warnings],
    schedule: scheduleOf(budget),
    batch: (at) => batches.batch(at),
    feeds: (at) => planned.collate(data, batches.batch(at), augmentations.split(at)),
  };
}

function recordOf(
  { model, data, validation, average }: AlignmentRun,
  settled: Pick<RunRecord, 'sampler' | 'optimizer' | 'budget' | 'seed'> & { readonly evaluateEvery: number },
): AlignmentJob['record'] {
  const { evaluateEvery: every, ...rest } = settled;
  return {
    model: model.describe(),
    data: { hash: data.hash, rows: data.ids.length },
    validation:
      validation === undefined
        ? null
        : {
            hash: validation.data.hash,
            rows: validation.data.ids.length,
            score: validation.score.name,
            every,
            ...(validation.patience === undefined ? {} : { patience: validation.patience }),
          },
    average: average ?? null,
    ...rest,
  };
}

function checkedEvery(validation: AlignmentValidation | undefined, usual: number): number {
  const { every = usual, patience = 1 } = validation ?? {};
  for (const [name, value] of Object.entries({ every, patience })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`align: ${name} of the validation must be 1 or more, got ${value}`);
    }
  }
  return every;
}

function rowWarnings({ leftOut, rows, byModality }: UsableRows): string[] {
  if (leftOut === 0) return [];
  const counts = Object.entries(byModality).map(([name, count]) => `${name} ${count}`);
  return [
    `${leftOut} of ${leftOut + rows.length} rows lack what the objective needs and are left out (with ${counts.join(', ')})`,
  ];
}
