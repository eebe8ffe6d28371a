import { rng, type ValueSpec } from '@bioscan/core';
import {
  applyOnnx,
  dynamicInt8,
  inferenceGraph,
  inferenceModel,
  initialState,
  readOnnx,
  towerInputs,
} from '@bioscan/graph';
import { preprocessedSize, type Preprocessing } from '@bioscan/vision';

/**
 * An image model of float32 weights with its linear layers in 8 bits; convolutions stay as they are.
 * @throws BioscanError for operators that `graph` does not know, or a model without linear layers
 */
export function int8Model(bytes: Uint8Array, preprocessing: Preprocessing): Uint8Array {
  const model = readOnnx(bytes);
  const graph = inferenceGraph();
  const { width, height } = preprocessedSize(preprocessing);
  const sizes = ['batch', 3, height, width];
  const specs = model.inputs.map((spec): ValueSpec => ({
    ...spec,
    shape: spec.shape.map((size, axis) => sizes[axis] ?? size),
  }));
  const outputs = applyOnnx(model, towerInputs(graph, specs), { batchNormalization: 'frozen' });
  return inferenceModel(graph, { outputs, state: initialState(graph, rng(0)), passes: [dynamicInt8()] });
}
