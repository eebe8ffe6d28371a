import type { TrainingState } from '@bioscan/core';
import { encodeModel } from './encode-model.js';
import type { Graph, Value } from './graph.js';

export interface InferenceModelOptions {
  /** Outputs by the names they get in the model. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Weights; must hold every parameter of the graph by name and shape. */
  readonly state: TrainingState;
}

/** ONNX bytes with the weights as initialisers, for plain ONNX Runtime in Node, browsers or Python. */
export function inferenceModel(graph: Graph, options: InferenceModelOptions): Uint8Array {
  if (graph.mode !== 'inference') throw new TypeError('graph: inferenceModel() needs an inferenceGraph()');
  return encodeModel(graph, { outputs: new Map(Object.entries(options.outputs)), weights: options.state.tensors });
}
