import {
  BioscanError,
  updateRule,
  type Tensor,
  type TrainableParameter,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { companions } from './training-memory.js';

/** One tensor of a state and where it lives. */
export interface StateEntry {
  readonly name: string;
  readonly parameter: TrainableParameter;
  readonly view: Float32Array;
}

/**
 * Copies a state in. Moments may be absent altogether in a state of step 0 (a fresh optimiser), and so may averages, which then
 * start at the parameters; else every one must be there. Tensors of other names are left alone. Nothing is changed when something does not fit.
 * @throws BioscanError `mismatch`
 */
export function loadState(
  step: TrainingStep,
  entries: readonly StateEntry[],
  { step: taken, tensors, rule }: TrainingState,
  allowFresh: boolean,
): void {
  const fresh =
    allowFresh && taken === 0 && !entries.some(({ name, parameter }) => name !== parameter.name && name in tensors);
  if (!fresh) checkRule(step, taken, rule);
  if (!fresh) checkTrained(step, taken, tensors);
  for (const { name, parameter, view } of entries) {
    const given = tensors[name];
    if (given?.dtype === 'float32' && given.data.length === view.length) continue;
    if (given === undefined && fresh && name !== parameter.name) continue;
    const got = given === undefined ? 'nothing' : `${given.dtype}[${given.shape.join(', ')}]`;
    throw mismatch(`state at step ${taken}, tensor '${name}', got ${got}, expected ${view.length} float32`, name);
  }
  for (const { name, parameter, view } of entries) {
    const source = name.endsWith('#average') ? (tensors[name] ?? tensors[parameter.name]) : tensors[name];
    if (source === undefined) view.fill(0);
    else view.set((source as Tensor<'float32'>).data);
  }
}

/** A copy of the state: parameters by name, moments as `name#moment`. */
export function saveState(step: TrainingStep, entries: readonly StateEntry[], taken: number): TrainingState {
  const tensors: Record<string, Tensor> = {};
  for (const { name, parameter, view } of entries) {
    tensors[name] = { dtype: 'float32', shape: parameter.shape, data: view.slice() };
  }
  return { step: taken, tensors, rule: updateRule(step) };
}

function checkRule(step: TrainingStep, taken: number, rule: string | undefined): void {
  const ours = updateRule(step);
  if (rule === undefined || rule === ours) return;
  throw mismatch(
    `state at step ${taken}, got moments of '${rule}', expected '${ours}'; go on with the same optimiser, or start from the parameters alone at step 0`,
    'rule',
  );
}

/** Moments of a parameter that is frozen or missing here mean that another set was trained. */
function checkTrained(step: TrainingStep, taken: number, tensors: TrainingState['tensors']): void {
  const trained = new Set(step.parameters.filter(({ gradient }) => gradient !== undefined).map(({ name }) => name));
  const kept = companions(step);
  for (const name of Object.keys(tensors)) {
    const at = name.lastIndexOf('#');
    if (at < 0 || !kept.includes(name.slice(at + 1)) || trained.has(name.slice(0, at))) continue;
    throw mismatch(
      `state at step ${taken}, got '${name}', expected no moments of a parameter that this step does not train; use the same frozen set`,
      name,
    );
  }
}

function mismatch(message: string, name: string): BioscanError {
  return new BioscanError('mismatch', `runtime: ${message}`, { name });
}
