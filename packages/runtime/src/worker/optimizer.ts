import { BioscanError, type AdamWPlan, type OptimizerPlan, type SgdPlan, type StepControls } from '@bioscan/core';
import type { ParameterSlots } from './training-memory.js';

/**
 * Updates parameters and moments in place from the gradients, as torch does: the gradients are scaled by
 * min(1, clipNorm / (norm + 1e-6)), then AdamW (decoupled decay, bias correction with the current beta1) or SGD with momentum.
 * `steps` counts this step. The same gradients give the same bytes, whatever the number of threads.
 * @throws BioscanError `engine` when clipping is on and the norm is not finite; nothing has changed then
 */
export function updateParameters(
  parameters: readonly ParameterSlots[],
  plan: OptimizerPlan,
  controls: StepControls,
  steps: number,
): void {
  const clip = plan.clipNorm === undefined ? 1 : clipScale(parameters, plan.clipNorm, steps);
  switch (plan.kind) {
    case 'adamw':
      updateAdamW(parameters, plan, controls, steps, clip);
      return;
    case 'sgd':
      updateSgd(parameters, plan, controls, clip);
      return;
    default:
      plan satisfies never;
  }
}

/** torch.nn.utils.clip_grad_norm_, with the norm accumulated in float64, parameter by parameter. */
function clipScale(parameters: readonly ParameterSlots[], clipNorm: number, steps: number): number {
  let sum = 0;
  for (const { kernel, gradient, length } of parameters) sum += kernel.sumOfSquares(gradient.address, length);
  if (!Number.isFinite(sum)) throw notFinite(parameters, steps);
  const norm = Math.fround(Math.sqrt(sum));
  return Math.min(1, Math.fround(clipNorm / Math.fround(norm + 1e-6)));
}

function notFinite(parameters: readonly ParameterSlots[], steps: number): BioscanError {
  const names = parameters
    .filter(({ kernel, gradient, length }) => !Number.isFinite(kernel.sumOfSquares(gradient.address, length)))
    .map(({ parameter }) => parameter.name);
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length} in all)` : ''}`;
  return new BioscanError(
    'engine',
    `runtime: step ${steps}, the gradient norm is not finite, from ${shown}; the state is as before, lower the learning rate`,
    { parameters: names, step: steps },
  );
}

function updateAdamW(
  parameters: readonly ParameterSlots[],
  { beta2, epsilon, weightDecay }: AdamWPlan,
  { learningRate, beta1 }: StepControls,
  steps: number,
  clip: number,
): void {
  const rate = learningRate / (1 - beta1 ** steps);
  const root = Math.sqrt(1 - beta2 ** steps);
  const weight = 1 - beta1;
  const keep = 1 - Math.fround(weight);
  for (const { kernel, value, gradient, moments, length, parameter } of parameters) {
    const shrink = parameter.decay ? 1 - learningRate * weightDecay : 1;
    const [first, second] = [...moments.values()].map(({ address }) => address) as [number, number];
    const scalars = [clip, shrink, weight, keep, beta2, 1 - beta2, rate, root, epsilon] as const;
    kernel.adamw(value.address, gradient.address, first, second, length, ...scalars);
  }
}

function updateSgd(
  parameters: readonly ParameterSlots[],
  { weightDecay }: SgdPlan,
  { learningRate, beta1 }: StepControls,
  clip: number,
): void {
  for (const { kernel, value, gradient, moments, length, parameter } of parameters) {
    const [buffer] = [...moments.values()].map(({ address }) => address) as [number];
    const decay = parameter.decay ? weightDecay : 0;
    kernel.sgd(value.address, gradient.address, buffer, length, clip, decay, beta1, learningRate);
  }
}
