export { inferenceGraph, trainingGraph } from './new-graph.js';
export type { Graph, GraphMode, Initial, Node, Parameter, ParameterOptions, Value, ValueType } from './graph.js';
export type { Dimension, Shape } from './shape.js';
export type { OperatorAttributes, OperatorName } from './attributes.js';
export {
  abs,
  add,
  and,
  cast,
  detach,
  div,
  equal,
  erf,
  exp,
  gelu,
  greater,
  identity,
  less,
  log,
  mul,
  neg,
  not,
  or,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
  where,
  type Operand,
} from './functions/elementwise.js';
export { gemm, matmul, type MatmulOptions } from './functions/matmul.js';
export { concat, expand, reshape, slice, split, squeeze, transpose, unsqueeze } from './functions/layout.js';
export { argmax, max, mean, sum, type ReduceOptions } from './functions/reduce.js';
export { gather, gatherElements, scatter, scatterAdd } from './functions/indexing.js';
export { layerNorm, logSoftmax, normalizeRows, softmax } from './functions/normalize.js';
export { dropout } from './layers/dropout.js';
export { affine, linear, type LinearOptions } from './layers/linear.js';
export { embedding, type EmbeddingOptions } from './layers/embedding.js';
export { layerNormalization } from './layers/layer-normalization.js';
export { attentionBias, multiHeadAttention, selfAttention, type AttentionOptions } from './layers/attention.js';
export { encoderLayer, type EncoderLayerOptions } from './layers/encoder-layer.js';
export { accuracy, crossEntropy, rowMean, type RowWeightOptions } from './layers/cross-entropy.js';
export { gradients } from './gradients.js';
export { trainingStep, type TrainingStepOptions } from './training-step.js';
export { initialState, initialStateOf } from './initial-state.js';
export { inferenceModel, type InferenceModelOptions } from './inference-model.js';
export { batchSymbol, exportEncoder, tower, towerInputs, type Tower, type Values } from './tower.js';
export { adamw, sgd, type AdamWOptions, type SgdOptions } from './optimizers.js';
export {
  constant,
  cosineWithWarmup,
  oneCycle,
  type CosineOptions,
  type OneCycleOptions,
  type Schedule,
} from './schedules.js';
export { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint/checkpoint.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './checkpoint/safetensors.js';
