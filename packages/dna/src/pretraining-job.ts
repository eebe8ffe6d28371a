import {
  barcodeHash,
  rng,
  sha256,
  type PretrainingCorpus,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { adamw, initialState, trainingGraph, trainingStep } from '@bioscan/graph';
import type { Augmentation } from './augment.js';
import type { BarcodeBert, BarcodeBertConfig } from './barcode-bert.js';
import type { BarcodeCheckpoint, TrainingRecord } from './barcode-checkpoint.js';
import { cleanBarcode, type CleaningPolicy } from './clean-barcode.js';
import { ratioOutputs, type HeldOutScores } from './held-out.js';
import { positionalMajority } from './positional-majority.js';
import { pretrainingTask, type PretrainingObjective } from './pretraining-objective.js';
import { planPretraining, type PretrainingBudget, type PretrainingPlan } from './pretraining-plan.js';
import type { PretrainingTask } from './pretraining-task.js';

/** What to train on what: the arguments that fix the result, to the byte. */
export interface PretrainingRun {
  readonly tower: BarcodeBert;
  readonly objective: PretrainingObjective;
  readonly barcodes: readonly string[];
  /** Held out for scores; never trained on. */
  readonly validation?: readonly string[];
  readonly budget: PretrainingBudget;
  /** Default `clean`; applied once, before everything else. */
  readonly policy?: CleaningPolicy;
  readonly augmentation?: Augmentation;
  /** Parameters, order, augmentation, masks and dropout. Default 0. */
  readonly seed?: number;
}

/** A run worked out: every batch and the training step, before any engine is opened. */
export interface PretrainingJob {
  readonly config: BarcodeBertConfig;
  readonly policy: CleaningPolicy;
  readonly record: TrainingRecord;
  readonly plan: PretrainingPlan;
  readonly task: PretrainingTask;
  readonly validation: readonly string[];
  readonly step: TrainingStep;
  readonly initial: TrainingState;
  /** Tensors of a step; a function of the run and the step alone. */
  feeds(step: number): Tensors;
  /** Floors that held-out scores stand beside. */
  floors(): HeldOutScores;
  /** The checkpoint of a state. */
  checkpoint(state: TrainingState): BarcodeCheckpoint;
}

/** Works a run out. Pure; builds the training graph and hashes the barcodes. */
export function pretrainingJob(run: PretrainingRun): PretrainingJob {
  const { tower: bert, objective, policy = 'clean', seed = 0 } = run;
  const barcodes = run.barcodes.map((barcode) => cleanBarcode(barcode, policy).sequence);
  const validation = (run.validation ?? []).map((barcode) => cleanBarcode(barcode, policy).sequence);
  const augmentation = { offset: true, reverseComplement: 0, ...run.augmentation };
  const plan = planPretraining(barcodes.length, run.budget, seed);
  const task = pretrainingTask(bert, objective);
  const hashes = barcodes.map(barcodeHash);
  const corpus: PretrainingCorpus = { kind: 'barcode-hashes', members: [...new Set(hashes)].sort() };
  const record: TrainingRecord = {
    objective,
    budget: plan.budget,
    augmentation,
    seed,
    barcodes: barcodes.length,
    barcodesHash: sha256(hashes.join('')),
    validationHash: sha256(validation.map(barcodeHash).join('')),
  };
  const batches = rng(seed).split('batch');
  let floors: HeldOutScores | undefined;
  return {
    config: bert.config,
    policy,
    record,
    plan,
    task,
    validation,
    ...builtStep(task, plan, seed),
    feeds: (step) => {
      const batch = plan.batch(step).map((index) => barcodes[index] as string);
      return task.collate(batch, plan.budget.batchSize, augmentation, batches.split(step));
    },
    floors: () => (floors ??= floorsOf(bert, objective, barcodes, validation)),
    checkpoint: (state) => checkpointOf(bert, policy, record, corpus, state),
  };
}

function builtStep(
  task: PretrainingTask,
  { budget }: PretrainingPlan,
  seed: number,
): { readonly step: TrainingStep; readonly initial: TrainingState } {
  const graph = trainingGraph();
  const specs = task.inputs(budget.batchSize);
  const inputs = specs.map(({ name, dtype, shape }) => [name, graph.input(name, dtype, shape)] as const);
  const { loss, ratios } = task.build(graph, Object.fromEntries(inputs));
  const optimizer = adamw({ weightDecay: budget.weightDecay });
  const step = trainingStep(graph, { loss, metrics: ratioOutputs(ratios), optimizer, seed });
  return { step, initial: initialState(graph, rng(seed).split('parameters')) };
}

function floorsOf(
  bert: BarcodeBert,
  objective: PretrainingObjective,
  barcodes: readonly string[],
  validation: readonly string[],
): HeldOutScores {
  if (objective.kind !== 'masked') return {};
  return { positionalMajority: positionalMajority(bert.tokenizer, barcodes).accuracy(validation) };
}

function checkpointOf(
  { config }: BarcodeBert,
  policy: CleaningPolicy,
  training: TrainingRecord,
  corpus: PretrainingCorpus,
  { step, tensors }: TrainingState,
): BarcodeCheckpoint {
  const parameters = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes('#')));
  const recommended = { pooling: 'masked-mean', layer: config.layers } as const;
  return { config, parameters, recommended, policy, steps: step, training, corpus };
}
