import type { TrainingStep } from '@bioscan/core';
import { dropoutWords } from '../kernel/dropout-mask.js';
import { toOnnx, type OnnxRuntime, type OnnxTensor } from './onnx-runtime.js';
import type { StateEntry } from './state.js';
import type { ParameterSlots, Slot, TrainingMemory } from './training-memory.js';

/** Parameters and masks as inputs of a model, by name: views of the held state. */
export function heldTensors(
  ort: OnnxRuntime,
  step: TrainingStep,
  memory: TrainingMemory,
): Readonly<Record<string, OnnxTensor>> {
  const held: Record<string, OnnxTensor> = {};
  for (const { parameter, value } of memory.parameters) held[parameter.name] = onSlot(ort, parameter.shape, value);
  step.masks.forEach(({ name, shape }, index) => {
    held[name] = onSlot(ort, shape, (memory.masks[index] as TrainingMemory['masks'][number]).target);
  });
  return held;
}

/** Fills the masks of a step's micro-batch or chunk; `taken` counts the steps before it. */
export function fillMasks(
  { masks, seed }: TrainingStep,
  memory: TrainingMemory,
  taken: number,
  microBatch: number,
): void {
  masks.forEach(({ rate }, index) => {
    const { kernel, target } = memory.masks[index] as TrainingMemory['masks'][number];
    kernel.dropoutMask(target.address, target.view.length, ...dropoutWords(seed, taken, index, rate, microBatch));
  });
}

export function onSlot(ort: OnnxRuntime, shape: readonly number[], { view }: Slot): OnnxTensor {
  return toOnnx(ort, { dtype: 'float32', shape, data: view });
}

/** Every tensor of the state and where it lives. */
export function stateEntries({ parameters }: TrainingMemory): readonly StateEntry[] {
  return parameters.flatMap(entriesOf);
}

function entriesOf({ parameter, value, moments }: ParameterSlots): StateEntry[] {
  const own = Array.from(moments, ([name, { view }]) => ({ name: `${parameter.name}#${name}`, parameter, view }));
  return [{ name: parameter.name, parameter, view: value.view }, ...own];
}
