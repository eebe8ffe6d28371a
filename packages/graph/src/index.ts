export { inferenceGraph, trainingGraph } from './new-graph.js';
export type { Graph, GraphMode, Initial, Node, Parameter, ParameterOptions, Value, ValueType } from './graph.js';
export type { Dimension, Shape } from './shape.js';
export type { OperatorAttributes, OperatorName } from './attributes.js';
export * from './functions/index.js';
export * from './layers/index.js';
export { gradients } from './gradients.js';
export * from './training/index.js';
export { initialState, initialStateOf } from './initial-state.js';
export { inferenceModel, type InferenceModelOptions } from './inference-model.js';
export { calibrate } from './export/calibrate.js';
export { staticInt8, type ActivationRanges } from './export/static-int8.js';
export { dynamicInt8, type DynamicInt8Options } from './export/dynamic-int8.js';
export { exportPasses, precisions, type Precision } from './export/precision.js';
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
export { matching } from './training/name-pattern.js';
export { scoped } from './scoped.js';
export { joinedState, scopedState } from './scoped-state.js';
export { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint/checkpoint.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './checkpoint/safetensors.js';
export { below, floatsOf, withoutModulePrefix, type StateDict, type StateTensor } from './checkpoint/state-dict.js';
export { decodeTorch, lookUp, stateDictOf } from './checkpoint/torch/decode-torch.js';
export type { ByteSource } from './checkpoint/torch/byte-source.js';
export type { TorchName, TorchValue } from './checkpoint/torch/torch-value.js';
export { clibdParts, type ClibdParts } from './checkpoint/clibd.js';
export { decodeWeights, type WeightFile } from './checkpoint/decode-weights.js';
export { importParameters, layerCount, type ImportedParameters } from './checkpoint/import-parameters.js';
export { checkedHeads, findBert, type BertSizes, type FoundBert } from './checkpoint/bert-state.js';
export { mergeLora, type MergedLora } from './checkpoint/merge-lora.js';
export {
  importTextBert,
  textBert,
  type ImportedTextBert,
  type TextBert,
  type TextBertOptions,
  type TokenIds,
} from './towers/text-bert.js';
export * from './import/index.js';
