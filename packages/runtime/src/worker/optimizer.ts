import {
  BioscanError,
  type AdamWPlan,
  type LambPlan,
  type LionPlan,
  type OptimizerPlan,
  type SgdPlan,
  type StepControls,
} from '@bioscan/core';
import type { RowSlots, TrainedSlots } from './training-memory.js';

/** What all parameters of an update share. */
interface Update {
  readonly controls: StepControls;
  /** This step included. */
  readonly steps: number;
  /** Factor on the gradients. */
  readonly clip: number;
}

/**
 * Updates parameters and moments in place from the gradients: these are scaled by min(1, clipNorm / (norm + 1e-6)) as torch does,
 * then the optimiser's rule, with each parameter's own learning rate. `steps` counts this step.
 * `rows` says how many different rows each sparse gradient holds. The same gradients give the same bytes, whatever the number of threads.
 * @throws BioscanError `engine` when clipping is on and the norm is not finite; nothing has changed then
 */
export function updateParameters(
  parameters: readonly TrainedSlots[],
  plan: OptimizerPlan,
  controls: StepControls,
  steps: number,
  rows: ReadonlyMap<TrainedSlots, number>,
): void {
  const clip = plan.clipNorm === undefined ? 1 : clipScale(parameters, plan.clipNorm, steps, rows);
  for (const slots of parameters) {
    const { rate = 1 } = slots.parameter;
    const update = { controls: { ...controls, learningRate: controls.learningRate * rate }, steps, clip };
    if (slots.rows === undefined) updateDense(slots, plan, update);
    else updateRows(slots, slots.rows, rows.get(slots) ?? 0, plan as AdamWPlan, update);
  }
}

/** Moves the averages towards the parameters, after an update. */
export function updateAverages(parameters: readonly TrainedSlots[], decay: number): void {
  for (const { kernel, moments, value, length } of parameters) {
    const average = moments.get('average');
    if (average !== undefined) kernel.average(average.address, value.address, length, 1 - decay);
  }
}

function updateDense(slots: TrainedSlots, plan: OptimizerPlan, update: Update): void {
  switch (plan.kind) {
    case 'adamw':
      updateAdamW(slots, plan, update);
      return;
    case 'sgd':
      updateSgd(slots, plan, update);
      return;
    case 'lion':
      updateLion(slots, plan, update);
      return;
    case 'lamb':
      updateLamb(slots, plan, update);
      return;
    default:
      plan satisfies never;
  }
}

/** torch.nn.utils.clip_grad_norm_, with the norm accumulated in float64, parameter by parameter. */
function clipScale(
  parameters: readonly TrainedSlots[],
  clipNorm: number,
  steps: number,
  rows: ReadonlyMap<TrainedSlots, number>,
): number {
  const squares = parameters.map((slots) => {
    const { kernel, gradient, length } = slots;
    const used = slots.rows === undefined ? length : (rows.get(slots) ?? 0) * slots.rows.width;
    return kernel.sumOfSquares(gradient.address, used);
  });
  const sum = squares.reduce((a, b) => a + b, 0);
  if (!Number.isFinite(sum)) throw notFinite(parameters, squares, steps);
  const norm = Math.fround(Math.sqrt(sum));
  return Math.min(1, Math.fround(clipNorm / Math.fround(norm + 1e-6)));
}

function notFinite(parameters: readonly TrainedSlots[], squares: readonly number[], steps: number): BioscanError {
  const names = parameters.filter((_, i) => !Number.isFinite(squares[i])).map(({ parameter }) => parameter.name);
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length} in all)` : ''}`;
  return new BioscanError(
    'engine',
    `runtime: step ${steps}, the gradient norm is not finite, from ${shown}; the state is as before, lower the learning rate`,
    { parameters: names, step: steps, reason: 'not-finite' },
  );
}

function updateAdamW(slots: TrainedSlots, { beta2, epsilon, weightDecay }: AdamWPlan, update: Update): void {
  const { kernel, value, gradient, length, parameter } = slots;
  const { learningRate, beta1 } = update.controls;
  const weight = 1 - beta1;
  const shrink = parameter.decay ? 1 - learningRate * weightDecay : 1;
  const [first, second] = addresses(slots) as [number, number];
  const scalars = [
    update.clip,
    shrink,
    weight,
    1 - Math.fround(weight),
    beta2,
    1 - beta2,
    learningRate / (1 - beta1 ** update.steps),
    Math.sqrt(1 - beta2 ** update.steps),
    epsilon,
  ] as const;
  kernel.adamw(value.address, gradient.address, first, second, length, ...scalars);
}

function updateSgd(slots: TrainedSlots, { weightDecay }: SgdPlan, { controls, clip }: Update): void {
  const { kernel, value, gradient, length, parameter } = slots;
  const [buffer] = addresses(slots) as [number];
  const decay = parameter.decay ? weightDecay : 0;
  const { beta1, learningRate } = controls;
  kernel.sgd(value.address, gradient.address, buffer, length, clip, decay, beta1, learningRate);
}

function updateLion(slots: TrainedSlots, { beta2, weightDecay }: LionPlan, { controls, clip }: Update): void {
  const { kernel, value, gradient, length, parameter } = slots;
  const [momentum] = addresses(slots) as [number];
  const { beta1, learningRate } = controls;
  const shrink = parameter.decay ? 1 - learningRate * weightDecay : 1;
  const scalars = [clip, shrink, beta1, 1 - beta1, 1 - beta2, learningRate] as const;
  kernel.lion(value.address, gradient.address, momentum, length, ...scalars);
}

function updateLamb(slots: TrainedSlots, { beta2, epsilon, weightDecay }: LambPlan, update: Update): void {
  const { kernel, value, gradient, length, parameter } = slots;
  const { beta1, learningRate } = update.controls;
  const [first, second] = addresses(slots) as [number, number];
  const scalars = [
    update.clip,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    1 - beta1 ** update.steps,
    Math.sqrt(1 - beta2 ** update.steps),
    epsilon,
    parameter.decay ? weightDecay : 0,
  ] as const;
  kernel.lambDirection(value.address, gradient.address, first, second, length, ...scalars);
  const size = Math.sqrt(kernel.sumOfSquares(value.address, length));
  const direction = Math.sqrt(kernel.sumOfSquares(gradient.address, length));
  const trust = parameter.decay && size > 0 && direction > 0 ? size / direction : 1;
  kernel.addScaled(value.address, gradient.address, length, -learningRate * trust);
}

/** torch.optim.SparseAdam, which corrects the bias in the step's size and has no weight decay. */
function updateRows(slots: TrainedSlots, rows: RowSlots, count: number, plan: AdamWPlan, update: Update): void {
  const { kernel, value, gradient } = slots;
  const { learningRate, beta1 } = update.controls;
  const [first, second] = addresses(slots) as [number, number];
  const rate = (learningRate * Math.sqrt(1 - plan.beta2 ** update.steps)) / (1 - beta1 ** update.steps);
  const scalars = [update.clip, 1 - beta1, 1 - plan.beta2, rate, plan.epsilon] as const;
  kernel.sparseAdam(value.address, gradient.address, first, second, rows.address, count, rows.width, ...scalars);
}

function addresses({ moments }: TrainedSlots): readonly number[] {
  return Array.from(moments.values(), ({ address }) => address);
}
