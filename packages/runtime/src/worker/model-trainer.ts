import {
  BioscanError,
  elementCount,
  tensor,
  type ModelUpdate,
  type StepControls,
  type Tensor,
  type Tensors,
  type TrainableParameter,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { fillDropoutMask } from '../kernel/dropout-mask.js';
import { checkOutputs } from './check-model.js';
import { createSession, toOnnx, type OnnxRuntime, type OnnxTensor } from './onnx-runtime.js';
import type { EngineSettings } from './protocol.js';
import { runStep } from './run-step.js';
import { stackFeeds, unstackMetrics } from './stacked-steps.js';
import { loadState, saveState, type StateEntry } from './state.js';
import type { Trainer } from './trainer.js';
import { companions } from './training-memory.js';

/** One buffer of the state: what a run reads or writes. */
interface Buffer {
  readonly entries: readonly StateEntry[];
  readonly tensors: Readonly<Record<string, OnnxTensor>>;
}

/** A step whose model holds the update. Two buffers take turns: ONNX Runtime cannot write an output over an input that it still reads. */
export async function modelTrainer(
  ort: OnnxRuntime,
  step: TrainingStep,
  update: ModelUpdate,
  initial: TrainingState,
  settings: EngineSettings,
): Promise<Trainer> {
  let [now, next] = [stateBuffer(ort, step), stateBuffer(ort, step)];
  loadState(step, now.entries, initial, true);
  loadState(step, next.entries, initial, true);
  const session = await createSession(ort, step.model, settings);
  const updated = changing(now.entries);
  checkOutputs(session.outputNames, [...step.metrics, ...updated.map(({ name }) => `${name}#next`)]);
  let taken = initial.step;

  return {
    async step(batches, controls) {
      const [feeds] = batches;
      if (feeds === undefined || batches.length > 1) {
        throw new BioscanError(
          'unsupported',
          'runtime: micro-batches in a step whose model updates the state, expected one feed; plan it with trainingStep()',
        );
      }
      return (await run([feeds], [controls]))[0] as Tensors;
    },
    async steps(feeds, controls) {
      if (update.loop !== undefined) return run(feeds, controls);
      const results: Tensors[] = [];
      for (const [i, feed] of feeds.entries()) {
        results.push((await run([feed], [controls[i] as StepControls]))[0] as Tensors);
      }
      return results;
    },
    read: () => saveState(step, now.entries, taken),
    write(state) {
      loadState(step, now.entries, state, false);
      taken = state.step;
    },
    release: () => session.release(),
  };

  /** All steps in one run; nothing has changed when it fails. */
  async function run(batches: readonly Tensors[], controls: readonly StepControls[]): Promise<Tensors[]> {
    if (batches.length === 0) return [];
    const held = Object.fromEntries(now.entries.map(({ name }) => [name, now.tensors[name] as OnnxTensor]));
    const fetches: Record<string, OnnxTensor | null> = {};
    for (const { name } of updated) fetches[`${name}#next`] = next.tensors[name] as OnnxTensor;
    for (const metric of step.metrics) fetches[metric] = null;
    const singles = batches.map((feeds, i) => ({ ...feeds, ...masksOf(step, taken + i) }));
    const feeds = {
      ...stackFeeds(singles, update.loop !== undefined),
      ...controlFeeds(update, controls, taken),
    };
    const metrics = await runStep(ort, session, { held, feeds, fetches, wanted: step.metrics, number: taken + 1 });
    [now, next] = [next, now];
    taken += batches.length;
    return unstackMetrics(metrics, batches.length, update.loop !== undefined);
  }
}

function stateBuffer(ort: OnnxRuntime, step: TrainingStep): Buffer {
  const entries = step.parameters.flatMap((parameter): StateEntry[] => {
    const kept = parameter.gradient === undefined ? [] : companions(step);
    const names = [parameter.name, ...kept.map((name) => `${parameter.name}#${name}`)];
    return names.map((name) => ({ name, parameter, view: new Float32Array(elementCount(parameter.shape)) }));
  });
  const tensors = entries.map(({ name, parameter: { shape }, view }) => {
    return [name, toOnnx(ort, { dtype: 'float32', shape, data: view })] as const;
  });
  return { entries, tensors: Object.fromEntries(tensors) };
}

/** Frozen parameters have no next value. */
function changing(entries: readonly StateEntry[]): readonly StateEntry[] {
  return entries.filter(
    ({ parameter }: { readonly parameter: TrainableParameter }) => parameter.gradient !== undefined,
  );
}

function masksOf({ masks, seed }: TrainingStep, taken: number): Tensors {
  const entries = masks.map(({ name, shape, rate }, index): [string, Tensor] => {
    return [name, tensor('float32', shape, fillDropoutMask(seed, taken, index, rate, elementCount(shape)))];
  });
  return Object.fromEntries(entries);
}

function controlFeeds(update: ModelUpdate, controls: readonly StepControls[], taken: number): Tensors {
  const { learningRate, beta1, step, loop } = update;
  const shape = loop === undefined ? [] : [controls.length];
  const feed = (values: readonly number[]): Tensor => tensor('float32', shape, Float32Array.from(values));
  return {
    [learningRate]: feed(controls.map((control) => control.learningRate)),
    [beta1]: feed(controls.map((control) => control.beta1)),
    [step]: feed(controls.map((_, i) => taken + i + 1)),
    ...(loop === undefined ? {} : { [loop]: tensor('int64', [], BigInt64Array.of(BigInt(controls.length))) }),
  };
}
