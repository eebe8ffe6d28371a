import type { Arm } from './arm.js';
import type { Tally } from './tally.js';

/** A point of the grid that every arm is tuned on. */
export interface GridPoint {
  readonly learningRate: number;
  readonly temperature: number;
}

/** Steps and batch of an arm of one view; an arm's `stepFactor` scales the steps. */
export interface ArmBudget {
  readonly steps: number;
  readonly batchSize: number;
  /** Of the common space. */
  readonly width: number;
}

/** One run: an arm on a subject. Its name in the store is a hash of all of it. */
export interface ArmJob {
  readonly arm: Arm;
  /** Of the subject, and its hash. */
  readonly subject: string;
  readonly subjectHash: string;
  /** On which queries it is judged: `validation` to choose the grid point, `test` to report. */
  readonly stage: 'validation' | 'test';
  readonly seed: number;
  readonly point: GridPoint;
  readonly budget: ArmBudget;
}

/** What a run used. */
export interface ArmCost {
  readonly steps: number;
  /** Photos that passed the tower in training, each view counted. */
  readonly imagePasses: number;
  /** Floating-point operations of training, in 10^9: convolutions and matrix products, forward and backward. */
  readonly gigaflop: number;
  /** Training rows with a label that the arm reads. */
  readonly labelled: number;
  /** Training rows whose bought modality the arm reads. */
  readonly bought: number;
}

/** One retrieval of a run, species at rank one. */
export interface Retrieval {
  readonly query: string;
  readonly key: string;
  readonly seen: Tally;
  readonly unseen: Tally;
  /** Macro accuracy when the labels of the keys are permuted, mean of 100 draws. */
  readonly chance: { readonly seen: number; readonly unseen: number };
}

export interface ArmOutcome {
  /** Where training diverged: up to there. */
  readonly cost: ArmCost;
  /** The first is photo to photo. None where training diverged. */
  readonly retrievals: readonly Retrieval[];
  /** The step whose loss, gradient or parameters were no finite numbers: a result, too. */
  readonly diverged?: { readonly step: number };
}

export interface ArmRun extends ArmOutcome {
  readonly format: 'bioscan-arm-run';
  readonly version: 1;
  readonly job: ArmJob;
  /** What gave it: `trainer` is {@link trainerVersion}, the rest is the host's. Absent in the first records, which are of trainer 1. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Trains and judges one arm. Given to attribution(); {@link trainArm} is the real one. */
export type RunArm = (job: ArmJob, signal?: AbortSignal) => Promise<ArmOutcome>;
