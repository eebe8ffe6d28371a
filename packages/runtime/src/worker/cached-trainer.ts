import { BioscanError, type CachedBatch, type StepControls, type Tensors } from '@bioscan/core';
import type { TrainingState, TrainingStep } from '@bioscan/core';
import { batchVectors } from './batch-vectors.js';
import { boundModels, openCachedModels } from './cached-models.js';
import { fillMasks, stateEntries } from './held-state.js';
import { gradientSums } from './micro-batches.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import { updateAverages, updateParameters } from './optimizer.js';
import type { EngineSettings } from './protocol.js';
import { loadState, saveState } from './state.js';
import type { Trainer } from './trainer.js';
import { trainingMemory } from './training-memory.js';

interface CachedPlan {
  readonly step: TrainingStep;
  readonly cached: CachedBatch;
  readonly initial: TrainingState;
}

/** A step in chunks: vectors of each, the loss of all, then the backward pass of each with the same masks; one update. */
export async function cachedTrainer(
  ort: OnnxRuntime,
  { step, cached, initial }: CachedPlan,
  settings: EngineSettings,
  stopped: () => boolean,
): Promise<Trainer> {
  const memory = trainingMemory(step, settings.arenaBytes);
  const entries = stateEntries(memory);
  loadState(step, entries, initial, true);
  const models = await openCachedModels(ort, step, cached, settings);
  const bound = boundModels(ort, models, step, memory, batchVectors(cached));
  const sums = gradientSums({ trained: bound.byChunk });
  let taken = initial.step;

  return {
    step: one,
    steps: () =>
      Promise.reject(
        new BioscanError('unsupported', 'runtime: several steps in one call of a step in chunks, expected step()'),
      ),
    read: () => saveState(step, entries, taken),
    write(state) {
      loadState(step, entries, state, false);
      taken = state.step;
    },
    async release() {
      for (const session of [models.embed, models.loss, models.chunk]) await session.release();
    },
  };

  async function one(chunks: readonly Tensors[], controls: StepControls, batch: Tensors = {}): Promise<Tensors> {
    for (const [index, feeds] of chunks.entries()) {
      goOn();
      fillMasks(step, memory, taken, index);
      await bound.embed(feeds, index, taken + 1);
    }
    // What the loss does not write starts the sums at zero.
    for (const { gradient } of bound.byChunk) gradient.view.fill(0);
    const metrics = await bound.loss(batch, taken + 1);
    sums.add(true);
    for (const [index, feeds] of chunks.entries()) {
      goOn();
      if (index > 0) sums.add(false);
      fillMasks(step, memory, taken, index);
      await bound.backward(feeds, index, taken + 1);
    }
    sums.mean(1);
    updateParameters(memory.trained, step.optimizer, controls, taken + 1, new Map());
    if (step.average !== undefined) updateAverages(memory.trained, step.average.decay);
    taken++;
    return metrics;
  }

  /** A batch may take minutes; whoever closes the engine waits for a chunk at most. */
  function goOn(): void {
    if (stopped())
      throw new BioscanError('cancelled', 'runtime: closed within a step in chunks; the state is as before');
  }
}
