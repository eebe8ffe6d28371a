import type { Rng, Tensors, TrainingState, ValueSpec } from '@bioscan/core';
import type { Graph, Parameter, Value } from './graph.js';
import { inferenceGraph } from './new-graph.js';
import { inferenceModel, type InferenceModelOptions } from './inference-model.js';

/** The batch dimension of a tower's inputs. */
export const batchSymbol = 'batch';

/** Values by name: the inputs of a tower inside a graph. */
export type Values = Readonly<Record<string, Value>>;

/**
 * Something trainable that turns inputs into vectors. Pretraining, fine-tuning and alignment take towers, inference takes encoders.
 * `build` may be called for any graph and batch size and declares the same parameters each time.
 */
export interface Tower<Input> {
  /** Width of the vectors. */
  readonly dimension: number;
  /** What `build` expects and `collate` makes; the batch dimension is the symbol `batch`. */
  readonly inputs: readonly ValueSpec[];
  readonly parameters: readonly Parameter[];
  /** What its parameters do not tell, as plain JSON: vocabulary, pooling, preprocessing. Checkpoints of a tower with other notes do not fit. */
  readonly notes?: Readonly<Record<string, unknown>>;
  /**
   * Tensors of a batch, fresh ones that an engine may take. With `rng`: augmented, for training, input i from `rng.split(i)`; without: as at
   * inference, and deterministic.
   */
  collate(batch: readonly Input[], rng?: Rng): Tensors;
  /** Emits the tower; returns (batch, dimension). */
  build(graph: Graph, inputs: Values): Value;
}

/** A tower from its parts; the parameters are found by building it once. */
export function tower<Input>(parts: Omit<Tower<Input>, 'parameters'>): Tower<Input> {
  const graph = inferenceGraph();
  const output = parts.build(graph, towerInputs(graph, parts.inputs));
  if (output.shape.length !== 2 || output.shape[1] !== parts.dimension) {
    throw new RangeError(
      `graph: tower, got an output of (${output.shape.join(', ')}), expected (${batchSymbol}, ${parts.dimension})`,
    );
  }
  const parameters = [...graph.parameters.values()].map((entry) => entry.parameter);
  return { ...parts, parameters };
}

/** Declares a tower's inputs in a graph: for `batchSize` rows, or symbolic. Names get a prefix when two towers share a graph. */
export function towerInputs(graph: Graph, specs: readonly ValueSpec[], batchSize?: number, prefix = ''): Values {
  const entries = specs.map(({ name, dtype, shape }) => {
    const sizes = shape.map((dimension) =>
      dimension === batchSymbol && batchSize !== undefined ? batchSize : dimension,
    );
    return [name, graph.input(prefix + name, dtype, sizes)] as const;
  });
  return Object.fromEntries(entries);
}

export type ExportOptions = Pick<InferenceModelOptions, 'passes'>;

/**
 * ONNX bytes of a trained tower: inputs as the tower's with a symbolic batch, one output `embedding` (batch, dimension).
 * @example
 * const small = exportEncoder(tower, state, { passes: [fuse(), dynamicInt8()] });
 */
export function exportEncoder<Input>(
  trained: Tower<Input>,
  state: TrainingState,
  options: ExportOptions = {},
): Uint8Array {
  const graph = inferenceGraph();
  const embedding = trained.build(graph, towerInputs(graph, trained.inputs));
  return inferenceModel(graph, { outputs: { embedding }, state, ...options });
}
