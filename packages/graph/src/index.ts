export { inferenceGraph, trainingGraph } from './new-graph.js';
export type { Graph, GraphMode, Initial, Node, Parameter, ParameterOptions, Value, ValueType } from './graph.js';
export type { Dimension, Shape } from './shape.js';
export type { OperatorAttributes, OperatorName } from './attributes.js';
export * from './functions/index.js';
export * from './layers/index.js';
export { gradients } from './gradients.js';
export { inGraphUpdate, type UpdateControls, type Updated, type UpdatedParameter } from './in-graph-update.js';
export { trainingStep, type TrainingStepOptions } from './training-step.js';
export { inGraphStep, type InGraphStepOptions } from './in-graph-step.js';
export type { ParameterRules } from './parameter-plan.js';
export type { NamePattern } from './name-pattern.js';
export { layerDecay, transformerDepth, type DepthOf, type LearningRates } from './learning-rates.js';
export { averagedState } from './averaged-state.js';
export { initialState, initialStateOf } from './initial-state.js';
export { inferenceModel, type InferenceModelOptions } from './inference-model.js';
export { dynamicInt8, type DynamicInt8Options } from './export/dynamic-int8.js';
export { float16 } from './export/float16.js';
export { fuse } from './export/fuse.js';
export type { ExportPass, InferenceDraft } from './export/draft.js';
export {
  batchSymbol,
  exportEncoder,
  tower,
  towerInputs,
  type ExportOptions,
  type Tower,
  type Values,
} from './tower.js';
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
export { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint/checkpoint.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './checkpoint/safetensors.js';
export { below, floatsOf, withoutModulePrefix, type StateDict, type StateTensor } from './checkpoint/state-dict.js';
export { decodeTorch, lookUp, stateDictOf } from './checkpoint/torch/decode-torch.js';
export type { ByteSource } from './checkpoint/torch/byte-source.js';
export type { TorchName, TorchValue } from './checkpoint/torch/torch-value.js';
