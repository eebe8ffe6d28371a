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
  { step, initial }: { readonly step: TrainingStep; readonly initial: TrainingState },
  settings: EngineSettings,
  stopped: () => boolean,
): Promise<Trainer> {
  const { cached, update } = step;
  if (cached !== undefined) return cachedTrainer(ort, { step, cached, initial }, settings, stopped);
  return update === undefined
    ? kernelTrainer(ort, step, initial, settings)
    : modelTrainer(ort, step, update, initial, settings);
}
