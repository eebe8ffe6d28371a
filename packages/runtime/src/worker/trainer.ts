import { BioscanError, type StepControls, type Tensors, type TrainingState, type TrainingStep } from '@bioscan/core';
import type { OnnxRuntime } from './onnx-runtime.js';
import type { EngineSettings } from './protocol.js';

/** A training step and its state. */
export interface Trainer {
  step(feeds: Tensors, controls: StepControls): Promise<Tensors>;
  read(): TrainingState;
  write(state: TrainingState): void;
  release(): Promise<void>;
}

export function trainer(
  _ort: OnnxRuntime,
  _step: TrainingStep,
  _initial: TrainingState,
  _settings: EngineSettings,
): Promise<Trainer> {
  return Promise.reject(new BioscanError('unsupported', 'runtime: training is not there yet'));
}
