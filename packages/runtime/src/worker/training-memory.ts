import {
  BioscanError,
  elementCount,
  type Tensor,
  type TrainableParameter,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { kernel, type Kernel } from '../kernel/kernel.js';
import { arenaMemory, arrayBytes, planArenas } from './arenas.js';

/** An array inside an arena. */
export interface Slot {
  readonly address: number;
  readonly view: Float32Array;
}

/** A parameter with all that belongs to it, in one arena. */
export interface ParameterSlots {
  readonly parameter: TrainableParameter;
  readonly kernel: Kernel;
  readonly length: number;
  readonly value: Slot;
  readonly gradient: Slot;
  /** By moment name, in the optimiser's order. */
  readonly moments: ReadonlyMap<string, Slot>;
}

export interface MaskSlot {
  readonly kernel: Kernel;
  readonly target: Slot;
}

/** The state of a training step, in WebAssembly memories. */
export interface TrainingMemory {
  readonly parameters: readonly ParameterSlots[];
  readonly masks: readonly MaskSlot[];
}

/** Names of an optimiser's moments. */
export function momentNames({ kind }: TrainingStep['optimizer']): readonly string[] {
  switch (kind) {
    case 'adamw':
      return ['first', 'second'];
    case 'sgd':
      return ['momentum'];
    default:
      return kind satisfies never;
  }
}

/** Memory for a step, zero-filled. */
export function trainingMemory({ parameters, masks, optimizer }: TrainingStep, arenaBytes: number): TrainingMemory {
  const moments = momentNames(optimizer);
  const sizes = parameters.map(({ shape }) => arrayBytes(elementCount(shape)));
  const maskSizes = masks.map(({ shape }) => arrayBytes(elementCount(shape)));
  const plan = planArenas([...sizes.map((bytes) => bytes * (2 + moments.length)), ...maskSizes], arenaBytes);
  const memories = plan.arenas.map(arenaMemory);
  const kernels = memories.map(kernel);

  return {
    parameters: parameters.map((parameter, index) => {
      const length = elementCount(parameter.shape);
      const slots = moments.map((name, moment) => [name, slot(index, length, 2 + moment)] as const);
      const shared = { parameter, length, kernel: kernelOf(index) };
      return { ...shared, value: slot(index, length, 0), gradient: slot(index, length, 1), moments: new Map(slots) };
    }),
    masks: masks.map(({ shape }, index) => {
      const group = parameters.length + index;
      return { kernel: kernelOf(group), target: slot(group, elementCount(shape), 0) };
    }),
  };

  function slot(group: number, length: number, position: number): Slot {
    const { arena, offset } = plan.places[group] as (typeof plan.places)[number];
    const address = offset + position * arrayBytes(length);
    return { address, view: new Float32Array((memories[arena] as WebAssembly.Memory).buffer, address, length) };
  }

  function kernelOf(group: number): Kernel {
    return kernels[plan.places[group]?.arena ?? 0] as Kernel;
  }
}

/**
 * Copies a state in. Moments may be absent altogether in a state of step 0 (a fresh optimiser); else every one must be there.
 * Tensors of other names are left alone. Nothing is changed when something does not fit.
 * @throws BioscanError `mismatch`
 */
export function loadState({ parameters }: TrainingMemory, { step, tensors }: TrainingState, allowFresh: boolean): void {
  const wanted = parameters.flatMap((slots) => namedSlots(slots));
  const fresh = allowFresh && step === 0 && !wanted.some(({ name }) => name.includes('#') && name in tensors);
  for (const { name, slot } of wanted) {
    const given = tensors[name];
    const length = slot.view.length;
    if (given?.dtype === 'float32' && given.data.length === length) continue;
    if (given === undefined && fresh && name.includes('#')) continue;
    const got = given === undefined ? 'nothing' : `${given.dtype}[${given.shape.join(', ')}]`;
    throw new BioscanError(
      'mismatch',
      `runtime: state at step ${step}, tensor '${name}', got ${got}, expected ${length} float32`,
      {
        name,
      },
    );
  }
  for (const { name, slot } of wanted) {
    const given = tensors[name] as Tensor<'float32'> | undefined;
    if (given === undefined) slot.view.fill(0);
    else slot.view.set(given.data);
  }
}

/** A copy of the state: parameters by name, moments as `name#moment`. */
export function saveState({ parameters }: TrainingMemory, step: number): TrainingState {
  const tensors: Record<string, Tensor> = {};
  for (const slots of parameters) {
    for (const { name, slot } of namedSlots(slots)) {
      tensors[name] = { dtype: 'float32', shape: slots.parameter.shape, data: slot.view.slice() };
    }
  }
  return { step, tensors };
}

function namedSlots({ parameter, value, moments }: ParameterSlots): { readonly name: string; readonly slot: Slot }[] {
  const own = [...moments].map(([moment, slot]) => ({ name: `${parameter.name}#${moment}`, slot }));
  return [{ name: parameter.name, slot: value }, ...own];
}
