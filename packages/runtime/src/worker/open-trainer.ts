import type { TrainingState, TrainingStep } from '@bioscan/core';
import { kernelTrainer } from './kernel-trainer.js';
import { modelTrainer } from './model-trainer.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import type { EngineSettings } from './protocol.js';
import type { Trainer } from './trainer.js';

/** Opens a step: its model updates the state itself, or hands the gradients to the kernel. */
export function openTrainer(
  ort: OnnxRuntime,
  step: TrainingStep,
  initial: TrainingState,
  settings: EngineSettings,
): Promise<Trainer> {
  return step.update === undefined
    ? kernelTrainer(ort, step, initial, settings)
    : modelTrainer(ort, step, step.update, initial, settings);
}
