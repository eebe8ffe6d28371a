import { BioscanError, type Tensor } from '@bioscan/core';
import type { Graph, Node, Value } from '../graph.js';
import type { Values } from '../tower.js';
import { bindInputs } from './bind-inputs.js';
import { importNode } from './import-node.js';
import { importScope, type Imported } from './import-scope.js';
import { neededNodes } from './needed-nodes.js';
import type { BatchNormalizationMode } from './node-context.js';
import { operatorLabel, type OnnxModel, type OnnxNode } from './onnx-model.js';
import { statisticReaders, trainableNames, type Trainable } from './trainable-names.js';

export interface ApplyOnnxOptions<Output extends string = string> {
  /** Values to return, by the file's names; any value inside the model may be asked for. Default: its outputs. */
  readonly outputs?: readonly Output[];
  /**
   * Which stored float32 tensors become parameters; the others stay constants. Default: all with two or more elements. Running statistics
   * never do.
   */
  readonly trainable?: Trainable;
  /** Goes before the names of parameters, for two copies of a model in one graph. */
  readonly prefix?: string;
  /**
   * `frozen` normalises by the stored statistics. `batch` normalises by those of the batch, which are then values that can be asked for by
   * the names of the stored ones. Default `frozen`; a model exported for training brings its own.
   */
  readonly batchNormalization?: BatchNormalizationMode;
}

/**
 * Puts an ONNX model into the graph of the given inputs and returns some of its values. Only what these need is added; stored weights
 * become parameters with the file's names, starting at the file's numbers, or constants. Arithmetic on shapes is computed now.
 * @throws BioscanError naming the node: `unsupported` for operators without a rule, `mismatch` for shapes that do not fit
 */
export function applyOnnx<const Output extends string = string>(
  model: OnnxModel,
  inputs: Values,
  options: ApplyOnnxOptions<Output> = {},
): Readonly<Record<Output, Value>> {
  const outputs = options.outputs ?? (model.outputs.map(({ name }) => name) as Output[]);
  const values = importNodes(model, graphOf(inputs), inputs, { ...options, outputs }).values;
  return Object.fromEntries(outputs.map((name, i) => [name, values[i]])) as Record<Output, Value>;
}

/** What importing leaves behind: the asked values, and which graph nodes came of which of the file's. */
export interface ImportTrace {
  readonly values: readonly Value[];
  readonly made: ReadonlyMap<Node, OnnxNode>;
}

export function importNodes(
  model: OnnxModel,
  graph: Graph,
  inputs: Values,
  options: ApplyOnnxOptions & { readonly outputs: readonly string[] },
): ImportTrace {
  const { outputs, trainable = true, prefix = '', batchNormalization } = options;
  const { nodes, names } = neededNodes(model, outputs);
  const parameters = trainableNames(model, trainable);
  const scope = importScope(graph, (name) => stored(model, graph, name, parameters, prefix));
  for (const [name, value] of bindInputs(model, inputs, names)) scope.bind(name, { value });
  const made = new Map<Node, OnnxNode>();
  for (const node of nodes) {
    const before = graph.nodes.length;
    located(node, () => {
      importNode(node, scope, batchNormalization);
    });
    for (const added of graph.nodes.slice(before)) made.set(added, node);
  }
  const readers = statisticReaders(model);
  const valueOf = (name: string): Value => scope.statistics.get(readers.get(name) ?? '') ?? scope.value(name);
  return { values: outputs.map(valueOf), made };
}

function graphOf(inputs: Values): Graph {
  const [first] = Object.values(inputs);
  if (first === undefined) throw new RangeError('graph: applyOnnx(), got no inputs, expected at least one value');
  return first.graph;
}

function stored(
  model: OnnxModel,
  graph: Graph,
  name: string,
  parameters: ReadonlySet<string>,
  prefix: string,
): Imported | undefined {
  const tensor = model.initializers.get(name);
  if (tensor === undefined) return undefined;
  if (!parameters.has(name)) return { tensor };
  const given = tensor as Tensor<'float32'>;
  return { value: graph.parameter(prefix + name, given.shape, { initial: { given } }) };
}

/** Says at which node of the file it happened; whatever a rule throws here is the file's fault. */
function located(node: OnnxNode, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/^graph: /, '');
    const code = cause instanceof BioscanError ? cause.code : 'bad-file';
    const label = operatorLabel(node);
    throw new BioscanError(
      code,
      `graph: node '${node.name}' (${label}): ${reason}`,
      { node: node.name, operator: label },
      { cause },
    );
  }
}
