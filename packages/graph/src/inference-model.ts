import type { TrainingState } from '@bioscan/core';
import { encodeModel } from './encode-model.js';
import type { ExportPass, InferenceDraft } from './export/draft.js';
import type { Graph, Value } from './graph.js';

export interface InferenceModelOptions {
  /** Outputs by the names they get in the model. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Weights; must hold every parameter of the graph by name and shape. */
  readonly state: TrainingState;
  /** What is done to the model before it is stored, in order: `fuse()`, `dynamicInt8()`, … Default: nothing. */
  readonly passes?: readonly ExportPass[];
}

/** ONNX bytes with the weights as initialisers, for plain ONNX Runtime in Node, browsers or Python. */
export function inferenceModel(graph: Graph, options: InferenceModelOptions): Uint8Array {
  if (graph.mode !== 'inference') throw new TypeError('graph: inferenceModel() needs an inferenceGraph()');
  const { outputs, state, passes = [] } = options;
  const draft = passes.reduce<InferenceDraft>((before, pass) => pass(before), {
    graph,
    outputs,
    weights: state.tensors,
  });
  return encodeModel(draft.graph, { outputs: new Map(Object.entries(draft.outputs)), weights: draft.weights });
}
