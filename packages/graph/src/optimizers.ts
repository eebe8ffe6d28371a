import type { AdamWPlan, SgdPlan } from '@bioscan/core';

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
