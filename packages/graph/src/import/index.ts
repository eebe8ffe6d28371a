export { applyOnnx, type ApplyOnnxOptions } from './apply-onnx.js';
export type { ExternalData, ExternalReader } from './decode-tensor.js';
export type { BatchNormalizationMode } from './node-context.js';
export { describeOnnx, type OnnxAttribute, type OnnxModel, type OnnxNode } from './onnx-model.js';
export { onnxTower, type OnnxTowerOptions } from './onnx-tower.js';
export { readOnnx, type ReadOnnxOptions } from './read-onnx.js';
export { runningStatistics, type Trainable } from './trainable-names.js';
export { untrainable, type UntrainableNode, type UntrainableOptions } from './untrainable.js';
export { averageStatistics, withInitializers } from './with-initializers.js';
