import {
  BioscanError,
  type OptimizerPlan,
  type StepControls,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { dropoutWords } from '../kernel/dropout-mask.js';
import { checkTensor } from './check-feeds.js';

/**
 * Holds a training step against its initial state before anything is sent.
 * @throws BioscanError `mismatch`; RangeError for rates and coefficients out of bounds
 */
export function checkStep(step: TrainingStep, initial: TrainingState): void {
  const { parameters, masks, feeds, optimizer, seed } = step;
  const seen = new Set<string>();
  for (const { name } of [...parameters, ...masks, ...feeds]) {
    if (seen.has(name)) throw mismatch(`the training step names the input '${name}' twice`, name);
    seen.add(name);
  }
  masks.forEach(({ rate }, index) => dropoutWords(seed, 0, index, rate));
  checkOptimizer(optimizer);
  checkParameters(step);
  checkCached(step);
  checkStepCount(initial.step);
  for (const { name, shape } of parameters) {
    const value = initial.tensors[name];
    if (value === undefined) throw mismatch(`the initial state has no parameter '${name}'`, name);
    checkTensor(value, { name, dtype: 'float32', shape }, `initial state, parameter '${name}'`);
  }
}

/** A state's step fits the masks' counter. */
export function checkStepCount(step: number): void {
  if (Number.isInteger(step) && step >= 0 && step < 2 ** 32) return;
  throw mismatch(`state step, got ${step}, expected 0 to 2^32 - 1`, 'step');
}

/** @throws RangeError */
export function checkControls({ learningRate, beta1 }: StepControls): void {
  inRange('learning rate', learningRate, learningRate >= 0 && Number.isFinite(learningRate), '0 or more');
  inRange('beta1', beta1, beta1 >= 0 && beta1 < 1, '0 <= beta1 < 1');
}

function checkOptimizer(plan: OptimizerPlan): void {
  const { clipNorm, weightDecay } = plan;
  inRange('weight decay', weightDecay, weightDecay >= 0 && Number.isFinite(weightDecay), '0 or more');
  if (clipNorm !== undefined) inRange('clip norm', clipNorm, clipNorm > 0 && Number.isFinite(clipNorm), 'above 0');
  if ('beta2' in plan) inRange('beta2', plan.beta2, plan.beta2 >= 0 && plan.beta2 < 1, '0 <= beta2 < 1');
  if ('epsilon' in plan) {
    inRange('epsilon', plan.epsilon, plan.epsilon >= 0 && Number.isFinite(plan.epsilon), '0 or more');
  }
}

/** Factors and rows of the parameters. */
function checkParameters({ parameters, optimizer, average }: TrainingStep): void {
  if (average !== undefined)
    inRange('average decay', average.decay, average.decay >= 0 && average.decay < 1, '0 <= decay < 1');
  for (const { name, rate = 1, rows } of parameters) {
    inRange(`learning-rate factor of '${name}'`, rate, rate >= 0 && Number.isFinite(rate), '0 or more');
    if (rows === undefined || optimizer.kind === 'adamw') continue;
    throw new BioscanError(
      'unsupported',
      `runtime: row-sparse gradient of '${name}' with ${optimizer.kind}, expected adamw (${rows.rule})`,
      { name },
    );
  }
}

/** A step in chunks has the engine's update, dense gradients and as many chunks as there are streams of masks. */
function checkCached({ cached, update, parameters }: TrainingStep): void {
  if (cached === undefined) return;
  const { chunks } = cached;
  inRange('chunks', chunks, Number.isInteger(chunks) && chunks >= 1 && chunks <= 65_536, '1 to 65536');
  if (update !== undefined) {
    throw new BioscanError(
      'unsupported',
      'runtime: a step in chunks whose model updates the state, expected the update to be left to the engine; plan it with cachedTrainingStep()',
    );
  }
  const sparse = parameters.find(({ rows }) => rows !== undefined);
  if (sparse === undefined) return;
  throw new BioscanError(
    'unsupported',
    `runtime: a step in chunks with the row-sparse gradient of '${sparse.name}', expected dense ones`,
    { name: sparse.name },
  );
}

function inRange(what: string, value: number, holds: boolean, expected: string): void {
  if (!holds) throw new RangeError(`runtime: ${what}, got ${value}, expected ${expected}`);
}

function mismatch(message: string, name: string): BioscanError {
  return new BioscanError('mismatch', `runtime: ${message}`, { name });
}
