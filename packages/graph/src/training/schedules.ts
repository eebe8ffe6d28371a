import type { StepControls } from '@bioscan/core';

/** What a step gets, as a pure function of how many steps came before it. */
export type Schedule = (step: number) => StepControls;

export interface OneCycleOptions {
  /** Largest learning rate. */
  readonly peak: number;
  readonly totalSteps: number;
  /** Share of the steps that rise. Default 0.3. */
  readonly rise?: number;
  /** The first rate is peak / divisor. Default 25. */
  readonly divisor?: number;
  /** The last rate is the first / finalDivisor. Default 1e4. */
  readonly finalDivisor?: number;
  /** Adam's beta1 (or the momentum) at the peak and at both ends. Default [0.85, 0.95]. */
  readonly momentum?: readonly [atPeak: number, atEnds: number];
}

/**
 * One cycle with cosine annealing in two phases (Smith & Topin 2018), as torch.optim.lr_scheduler.OneCycleLR.
 * Steps beyond the last keep its values.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { peak, totalSteps, rise = 0.3, divisor = 25, finalDivisor = 1e4, momentum = [0.85, 0.95] } = options;
  checkSteps('totalSteps', totalSteps);
  const first = peak / divisor;
  const last = first / finalDivisor;
  const top = rise * totalSteps - 1;
  const end = totalSteps - 1;
  const [atPeak, atEnds] = momentum;
  return (step) => {
    const at = Math.min(step, end);
    if (at <= top) {
      const share = top === 0 ? 1 : at / top;
      return { learningRate: cosine(first, peak, share), beta1: cosine(atEnds, atPeak, share) };
    }
    const share = end === top ? 1 : (at - top) / (end - top);
    return { learningRate: cosine(peak, last, share), beta1: cosine(atPeak, atEnds, share) };
  };
}

/** The same rate at every step. */
export function constant(learningRate: number, beta1 = 0.9): Schedule {
  const controls = { learningRate, beta1 };
  return () => controls;
}

export interface CooldownOptions {
  readonly peak: number;
  readonly totalSteps: number;
  /** Steps of linear rise from 0. Default 0. */
  readonly warmupSteps?: number;
  /** Steps of the fall to the floor at the end. Default: a fifth of all. */
  readonly cooldownSteps?: number;
  /** Shape of the fall: straight, or 1 - √share (Hägele et al. 2024). Default `linear`. */
  readonly shape?: 'linear' | 'square-root';
  /** Rate after the last step. Default 0. */
  readonly floor?: number;
  /** Default 0.9. */
  readonly beta1?: number;
}

/** Linear warm-up, a constant rate, then a fall to the floor (Zhai et al. 2022): a run can be prolonged from before its cooldown. */
export function constantWithCooldown(options: CooldownOptions): Schedule {
  const { peak, totalSteps, warmupSteps = 0, floor = 0, beta1 = 0.9, shape = 'linear' } = options;
  const { cooldownSteps = Math.round(totalSteps / 5) } = options;
  checkSteps('totalSteps', totalSteps);
  if (warmupSteps + cooldownSteps > totalSteps) {
    throw new RangeError(
      `graph: schedule, got ${warmupSteps} steps of warm-up and ${cooldownSteps} of cooldown, expected at most ${totalSteps} together`,
    );
  }
  const start = totalSteps - cooldownSteps;
  return (step) => {
    if (step < warmupSteps) return { learningRate: (peak * step) / warmupSteps, beta1 };
    if (step < start) return { learningRate: peak, beta1 };
    const share = cooldownSteps === 0 ? 1 : Math.min(1, (step - start) / cooldownSteps);
    const kept = shape === 'linear' ? 1 - share : 1 - Math.sqrt(share);
    return { learningRate: floor + (peak - floor) * kept, beta1 };
  };
}

export interface CosineOptions {
  readonly peak: number;
  readonly totalSteps: number;
  /** Steps of linear rise from 0. Default 0. */
  readonly warmupSteps?: number;
  /** Rate at the end. Default 0. */
  readonly floor?: number;
  /** Default 0.9. */
  readonly beta1?: number;
}

/** Linear warm-up, then half a cosine down to the floor; steps beyond the last keep the floor. */
export function cosineWithWarmup(options: CosineOptions): Schedule {
  const { peak, totalSteps, warmupSteps = 0, floor = 0, beta1 = 0.9 } = options;
  checkSteps('totalSteps', totalSteps);
  return (step) => {
    if (step < warmupSteps) return { learningRate: (peak * step) / warmupSteps, beta1 };
    const share = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return { learningRate: cosine(peak, floor, share), beta1 };
  };
}

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

function checkSteps(name: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`graph: ${name} must be at least 1, got ${steps}`);
}
