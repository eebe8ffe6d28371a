import {
  BioscanError,
  type StepControls,
  type Tensor,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { dropoutWords } from '../kernel/dropout-mask.js';
import { createSession, engineError, fromOnnx, toOnnx, valueSpecs } from './onnx-runtime.js';
import type { OnnxRuntime, OnnxSession, OnnxTensor } from './onnx-runtime.js';
import { updateParameters } from './optimizer.js';
import type { EngineSettings } from './protocol.js';
import { loadState, saveState, trainingMemory, type Slot, type TrainingMemory } from './training-memory.js';

/** A training step and its state. */
export interface Trainer {
  step(feeds: Tensors, controls: StepControls): Promise<Tensors>;
  read(): TrainingState;
  write(state: TrainingState): void;
  release(): Promise<void>;
}

/** Compiles a step and puts its state into WebAssembly memories that ONNX Runtime reads parameters from and writes gradients to. */
export async function trainer(
  ort: OnnxRuntime,
  step: TrainingStep,
  initial: TrainingState,
  settings: EngineSettings,
): Promise<Trainer> {
  const memory = trainingMemory(step, settings.arenaBytes);
  loadState(memory, initial, true);
  const session = await createSession(ort, step.model, settings);
  checkModel(session, step);
  const held = heldInputs(ort, step, memory);
  const fetches = fetchesOf(ort, step, memory);
  let taken = initial.step;

  return {
    async step(feeds, controls) {
      fillMasks(step, memory, taken);
      const metrics = await runStep(ort, session, held, feeds, fetches, step.metrics);
      updateParameters(memory.parameters, step.optimizer, controls, taken + 1);
      taken++;
      return metrics;
    },
    read: () => saveState(memory, taken),
    write(state) {
      loadState(memory, state, false);
      taken = state.step;
    },
    release: () => session.release(),
  };
}

function heldInputs(ort: OnnxRuntime, step: TrainingStep, memory: TrainingMemory): Record<string, OnnxTensor> {
  const inputs: Record<string, OnnxTensor> = {};
  for (const { parameter, value } of memory.parameters) inputs[parameter.name] = onSlot(ort, parameter.shape, value);
  step.masks.forEach(({ name, shape }, index) => {
    inputs[name] = onSlot(ort, shape, (memory.masks[index] as TrainingMemory['masks'][number]).target);
  });
  return inputs;
}

/** Gradients are written where the kernel finds them; a metric is new each time. */
function fetchesOf(ort: OnnxRuntime, step: TrainingStep, memory: TrainingMemory): Record<string, OnnxTensor | null> {
  const fetches: Record<string, OnnxTensor | null> = {};
  for (const metric of step.metrics) fetches[metric] = null;
  for (const { parameter, gradient } of memory.parameters) {
    fetches[parameter.gradient] = onSlot(ort, parameter.shape, gradient);
  }
  return fetches;
}

function onSlot(ort: OnnxRuntime, shape: readonly number[], { view }: Slot): OnnxTensor {
  return toOnnx(ort, { dtype: 'float32', shape, data: view });
}

function fillMasks({ masks, seed }: TrainingStep, memory: TrainingMemory, taken: number): void {
  masks.forEach(({ rate }, index) => {
    const { kernel, target } = memory.masks[index] as TrainingMemory['masks'][number];
    kernel.dropoutMask(target.address, target.view.length, ...dropoutWords(seed, taken, index, rate));
  });
}

async function runStep(
  ort: OnnxRuntime,
  session: OnnxSession,
  held: Readonly<Record<string, OnnxTensor>>,
  feeds: Tensors,
  fetches: Readonly<Record<string, OnnxTensor | null>>,
  metrics: readonly string[],
): Promise<Tensors> {
  const inputs: Record<string, OnnxTensor> = { ...held };
  for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOnnx(ort, feed);
  try {
    const results = await session.run(inputs, fetches);
    const values: Record<string, Tensor> = {};
    for (const metric of metrics) values[metric] = fromOnnx(results[metric] as OnnxTensor, metric);
    return values;
  } catch (cause) {
    throw engineError('running the training step failed', cause, feeds);
  }
}

/** Every input of the model is a parameter, a mask or a feed, and every name of the step is in the model. */
function checkModel({ inputMetadata, outputMetadata }: OnnxSession, step: TrainingStep): void {
  const { parameters, masks, feeds, metrics } = step;
  const given = new Map([...parameters, ...masks, ...feeds].map(({ name, shape }) => [name, shape]));
  for (const { name, shape } of valueSpecs(inputMetadata)) {
    const ours = given.get(name);
    if (ours === undefined) throw mismatch(`model input '${name}' is no parameter, mask or feed of the step`, name);
    const fits =
      ours.length === shape.length && shape.every((size, axis) => typeof size === 'string' || size === ours[axis]);
    if (!fits)
      throw mismatch(
        `model input '${name}', got [${ours.join(', ')}] in the step, expected [${shape.join(', ')}]`,
        name,
      );
    given.delete(name);
  }
  for (const name of given.keys()) throw mismatch(`the model has no input '${name}'`, name);
  const outputs = new Set(outputMetadata.map(({ name }) => name));
  const fetched = new Set<string>();
  for (const name of [...metrics, ...parameters.map(({ gradient }) => gradient)]) {
    if (!outputs.has(name))
      throw mismatch(`the model has no output '${name}', expected one of ${[...outputs].join(', ')}`, name);
    if (fetched.has(name))
      throw mismatch(`the output '${name}' is named twice, expected one output a gradient and metric`, name);
    fetched.add(name);
  }
}

function mismatch(message: string, name: string): BioscanError {
  return new BioscanError('mismatch', `runtime: training step, ${message}`, { name });
}
