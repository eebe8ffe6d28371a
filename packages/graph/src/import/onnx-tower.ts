import { BioscanError, type Rng, type Tensors, type ValueSpec } from '@bioscan/core';
import type { Graph, Value } from '../graph.js';
import { inferenceGraph } from '../new-graph.js';
import { batchSymbol, tower, towerInputs, type Tower, type Values } from '../tower.js';
import { applyOnnx, type ApplyOnnxOptions } from './apply-onnx.js';
import type { OnnxModel } from './onnx-model.js';

export interface OnnxTowerOptions<Input> extends Omit<ApplyOnnxOptions, 'outputs'> {
  /** Tensors of a batch by the names of the model's inputs; with `rng`, augmented. */
  readonly collate: (batch: readonly Input[], rng?: Rng) => Tensors;
  /** The value of the model to take. Default: its only output. */
  readonly output?: string;
  /** Makes vectors (batch, dimension) of that value where it has other axes: pooling, a new head. */
  readonly head?: (features: Value) => Value;
  /** Sizes for symbols in the model's inputs other than the batch, such as `{ sequence: 82 }`. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/**
 * A tower of an ONNX model: what is trained, aligned and exported like any other. The first axis of each input is the batch.
 * @throws BioscanError as {@link applyOnnx}; `mismatch` when a symbol besides the batch has no size
 */
export function onnxTower<Input>(model: OnnxModel, options: OnnxTowerOptions<Input>): Tower<Input> {
  const { collate, output, head, sizes = {}, ...rest } = options;
  const name = output ?? onlyOutput(model);
  const inputs = model.inputs.map((spec) => batchSpec(spec, sizes));
  const build = (graph: Graph, values: Values): Value => {
    // Statistics of a batch are for training; what is shipped normalises by the stored ones.
    const mode = graph.mode === 'inference' ? ({ batchNormalization: 'frozen' } as const) : {};
    const { [name]: features } = applyOnnx(model, values, { ...rest, ...mode, outputs: [name] });
    return head === undefined ? (features as Value) : head(features as Value);
  };
  const graph = inferenceGraph();
  const probe = build(graph, towerInputs(graph, inputs));
  const dimension = probe.shape[1];
  if (probe.shape.length !== 2 || typeof dimension !== 'number') {
    throw new BioscanError(
      'mismatch',
      `graph: tower of '${name}', got (${probe.shape.join(', ')}), expected (${batchSymbol}, dimension); give a \`head\` that pools it`,
    );
  }
  return tower({ dimension, inputs, collate, build });
}

function onlyOutput(model: OnnxModel): string {
  const [first, ...others] = model.outputs;
  if (first !== undefined && others.length === 0) return first.name;
  const names = model.outputs.map(({ name }) => name).join(', ');
  throw new BioscanError('not-found', `graph: output, got none, expected one of ${names}`);
}

function batchSpec({ name, dtype, shape }: ValueSpec, sizes: Readonly<Record<string, number>>): ValueSpec {
  const fixed = shape.map((size, axis) => {
    if (axis === 0) return batchSymbol;
    const known = typeof size === 'number' ? size : sizes[size];
    if (known !== undefined) return known;
    throw new BioscanError(
      'mismatch',
      `graph: input '${name}', got the symbol '${size}', expected its size; give \`sizes: { ${size}: … }\``,
    );
  });
  return { name, dtype, shape: fixed };
}
