import type { TrainingState, TrainingStep } from '@bioscan/core';
import { cachedTrainer } from './cached-trainer.js';
import { kernelTrainer } from './kernel-trainer.js';
import { modelTrainer } from './model-trainer.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import type { EngineSettings } from './protocol.js';
import type { Trainer } from './trainer.js';

/** Opens a step: in chunks, or in one model that updates the state itself or hands the gradients to the kernel. */
export function openTrainer(
  ort: OnnxRuntime,
  step: TrainingStep,
  initial: TrainingState,
  settings: EngineSettings,
): Promise<Trainer> {
  if (step.cached !== undefined) return cachedTrainer(ort, step, step.cached, initial, settings);
  return step.update === undefined
    ? kernelTrainer(ort, step, initial, settings)
    : modelTrainer(ort, step, step.update, initial, settings);
}
