import type { AdamWPlan, LambPlan, LionPlan, SgdPlan } from '@bioscan/core';

export interface AdamWOptions {
  /** Default 0.01, as torch. */
  readonly weightDecay?: number;
  /** Default 0.999. beta1 comes with each step from the schedule. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Largest global gradient norm. Default: no clipping. */
  readonly clipNorm?: number;
}

/** AdamW with decoupled weight decay (Loshchilov & Hutter 2019), as torch.optim.AdamW. */
export function adamw(options: AdamWOptions = {}): AdamWPlan {
  const { weightDecay = 0.01, beta2 = 0.999, epsilon = 1e-8, clipNorm } = options;
  return { kind: 'adamw', weightDecay, beta2, epsilon, ...(clipNorm === undefined ? {} : { clipNorm }) };
}

export interface SgdOptions {
  /** Coupled, as torch. Default 0. */
  readonly weightDecay?: number;
  readonly clipNorm?: number;
}

/** SGD with classical momentum (the schedule's beta1), as torch.optim.SGD. */
export function sgd(options: SgdOptions = {}): SgdPlan {
  const { weightDecay = 0, clipNorm } = options;
  return { kind: 'sgd', weightDecay, ...(clipNorm === undefined ? {} : { clipNorm }) };
}

export interface LionOptions {
  /** Decoupled. Default 0. */
  readonly weightDecay?: number;
  /** Keeps the momentum. Default 0.99. The schedule's beta1 (0.9 in the paper) weighs it in the direction. */
  readonly beta2?: number;
  readonly clipNorm?: number;
}

/** Lion (Chen et al. 2023), half the state of Adam. Its rates are 3-10 times smaller and its decays larger by as much. */
export function lion(options: LionOptions = {}): LionPlan {
  const { weightDecay = 0, beta2 = 0.99, clipNorm } = options;
  return { kind: 'lion', weightDecay, beta2, ...(clipNorm === undefined ? {} : { clipNorm }) };
}

export interface LambOptions {
  /** Part of the direction. Default 0.01. */
  readonly weightDecay?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-6. */
  readonly epsilon?: number;
  readonly clipNorm?: number;
}

/** LAMB (You et al. 2020) for large batches: each matrix moves in proportion to its own norm. */
export function lamb(options: LambOptions = {}): LambPlan {
  const { weightDecay = 0.01, beta2 = 0.999, epsilon = 1e-6, clipNorm } = options;
  return { kind: 'lamb', weightDecay, beta2, epsilon, ...(clipNorm === undefined ? {} : { clipNorm }) };
}
