import type { TrainingState } from '@bioscan/core';
import {
  inferenceGraph,
  inferenceModel,
  mergedState,
  normalizeRows,
  towerInputs,
  type ExportPass,
} from '@bioscan/graph';
import type { Alignment } from './alignment.js';
import type { FrozenTower } from './embed-frozen.js';
import { modalityOf } from './model/columns.js';
import { projectedStream } from './model/projected-stream.js';

export interface ExportModalityOptions {
  /** What is done to the model before it is stored, in order: `fuse()`, `dynamicInt8()`, … Default: nothing. */
  readonly passes?: readonly ExportPass[];
  /** The frozen tower that made the vectors which this modality was trained on, and its weights: the model then starts from its inputs. */
  readonly below?: FrozenTower;
}

/**
 * One ONNX model of a modality: tower, projection, unit length. Inputs as the tower's with a symbolic batch, one output
 * `embedding` (batch, width). Low-rank adapters are merged into the weights.
 * @throws BioscanError `bad-input` for an unknown modality
 */
export function exportModality(
  model: Pick<Alignment, 'modalities' | 'width'>,
  state: TrainingState,
  name: string,
  options: ExportModalityOptions = {},
): Uint8Array {
  const { passes = [], below } = options;
  const modality = { ...modalityOf(model.modalities, name), training: { kind: 'full' } } as const;
  const graph = inferenceGraph();
  const merged = mergedState(state);
  const weights = below === undefined ? merged : joined(merged, `${name}.below`, below.weights);
  const inputs =
    below === undefined
      ? towerInputs(graph, modality.tower.inputs)
      : {
          vectors: graph.scoped(`${name}.below`, () =>
            below.tower.build(graph, towerInputs(graph, below.tower.inputs)),
          ),
        };
  const embedding = normalizeRows(projectedStream(graph, { modality: name }, modality, model.width, inputs));
  return inferenceModel(graph, { outputs: { embedding }, state: weights, passes });
}

function joined(state: TrainingState, prefix: string, below: TrainingState): TrainingState {
  const tensors = Object.entries(mergedState(below).tensors).map(
    ([name, value]) => [`${prefix}.${name}`, value] as const,
  );
  return { step: state.step, tensors: { ...state.tensors, ...Object.fromEntries(tensors) } };
}
