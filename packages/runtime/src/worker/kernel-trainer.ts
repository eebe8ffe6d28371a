import type { StepControls, Tensors, TrainingState, TrainingStep } from '@bioscan/core';
import { checkModel } from './check-model.js';
import { fillMasks, heldTensors, onSlot, stateEntries } from './held-state.js';
import { gradientSums, meanMetrics, type GradientSums } from './micro-batches.js';
import { createSession } from './onnx-runtime.js';
import type { OnnxRuntime, OnnxSession, OnnxTensor } from './onnx-runtime.js';
import { updateAverages, updateParameters } from './optimizer.js';
import type { EngineSettings } from './protocol.js';
import { coalesceRows } from './row-gradients.js';
import { runStep } from './run-step.js';
import { loadState, saveState } from './state.js';
import type { Trainer } from './trainer.js';
import { trainingMemory, type TrainedSlots, type TrainingMemory } from './training-memory.js';

/** Compiles a step and puts its state into WebAssembly memories that ONNX Runtime reads parameters from and writes gradients to. */
export async function kernelTrainer(
  ort: OnnxRuntime,
  step: TrainingStep,
  initial: TrainingState,
  settings: EngineSettings,
): Promise<Trainer> {
  const memory = trainingMemory(step, settings.arenaBytes);
  const entries = stateEntries(memory);
  loadState(step, entries, initial, true);
  const session = await createSession(ort, step.model, settings);
  checkModel(session, step);
  const run = boundRun(ort, session, step, memory);
  let taken = initial.step;
  let sums: GradientSums | undefined;

  return {
    step: one,
    async steps(feeds, controls) {
      const results: Tensors[] = [];
      for (const [i, feed] of feeds.entries()) results.push(await one([feed], controls[i] as StepControls));
      return results;
    },
    read: () => saveState(step, entries, taken),
    write(state) {
      loadState(step, entries, state, false);
      taken = state.step;
    },
    release: () => session.release(),
  };

  async function one(batches: readonly Tensors[], controls: StepControls): Promise<Tensors> {
    if (batches.length > 1) sums ??= gradientSums(memory);
    const metrics: Tensors[] = [];
    for (const [index, feeds] of batches.entries()) {
      if (index > 0) sums?.add(index === 1);
      fillMasks(step, memory, taken, index);
      metrics.push(await run(feeds, taken + 1));
    }
    if (batches.length > 1) sums?.mean(batches.length);
    const rows = new Map<TrainedSlots, number>();
    const [last] = metrics.slice(-1) as [Tensors];
    for (const slots of memory.trained) {
      if (slots.rows === undefined) continue;
      rows.set(slots, coalesceRows(slots, last[slots.rows.plan.indices]?.data as BigInt64Array));
    }
    const means = meanMetrics(metrics.map((values) => reported(step, values)));
    updateParameters(memory.trained, step.optimizer, controls, taken + 1, rows);
    if (step.average !== undefined) updateAverages(memory.trained, step.average.decay);
    taken++;
    return means;
  }
}

/** Runs the model on the held state: results are the metrics and the row numbers of sparse gradients. */
function boundRun(
  ort: OnnxRuntime,
  session: OnnxSession,
  step: TrainingStep,
  memory: TrainingMemory,
): (feeds: Tensors, number: number) => Promise<Tensors> {
  const held = heldTensors(ort, step, memory);
  const fetches: Record<string, OnnxTensor | null> = {};
  for (const metric of step.metrics) fetches[metric] = null;
  // Gradients are written where the kernel finds them; a metric is new each time.
  for (const { parameter, gradient, rows } of memory.trained) {
    const shape = rows === undefined ? parameter.shape : [rows.plan.count, ...parameter.shape.slice(1)];
    fetches[parameter.gradient as string] = onSlot(ort, shape, gradient);
    if (rows !== undefined) fetches[rows.plan.indices] = null;
  }
  const wanted = Object.keys(fetches).filter((name) => fetches[name] === null);
  return (feeds, number) => runStep(ort, session, { held, feeds, fetches, wanted, number });
}

/** Without the row numbers. */
function reported({ metrics }: TrainingStep, values: Tensors): Tensors {
  return Object.fromEntries(Object.entries(values).filter(([name]) => metrics.includes(name)));
}
