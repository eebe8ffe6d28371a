export {
  cachedTrainingStep,
  type BatchLoss,
  type CachedTrainingStep,
  type CachedTrainingStepOptions,
} from './cached-training-step.js';
export { trainingStep, type TrainingStepOptions } from './training-step.js';
export { inGraphStep, type InGraphStepOptions } from './in-graph-step.js';
export { inGraphUpdate, type UpdateControls, type Updated, type UpdatedParameter } from './in-graph-update.js';
export type { ParameterRules } from './parameter-plan.js';
export type { NamePattern } from './name-pattern.js';
export { layerDecay, transformerDepth, type DepthOf, type LearningRates } from './learning-rates.js';
export { planMemory, showMemory, type MemoryPlan } from './plan-memory.js';
export { averagedState } from './averaged-state.js';
export { lora, type LoraOptions } from './lora.js';
export { mergedState } from './merged-state.js';
export {
  adamw,
  lamb,
  lion,
  sgd,
  type AdamWOptions,
  type LambOptions,
  type LionOptions,
  type SgdOptions,
} from './optimizers.js';
export {
  constant,
  constantWithCooldown,
  cosineWithWarmup,
  oneCycle,
  type CooldownOptions,
  type CosineOptions,
  type OneCycleOptions,
  type Schedule,
} from './schedules.js';
