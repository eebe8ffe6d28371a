import { sum } from '../functions/reduce.js';
import { gradients } from '../gradients.js';
import type { Node, Value } from '../graph.js';
import { trainingGraph } from '../new-graph.js';
import { isFloating } from '../operators/inputs.js';
import { operators } from '../operators/table.js';
import { importNodes, type ApplyOnnxOptions } from './apply-onnx.js';
import { whyUnknown } from './import-node.js';
import { neededNodes } from './needed-nodes.js';
import { operatorLabel, type OnnxModel, type OnnxNode } from './onnx-model.js';

export interface UntrainableOptions extends ApplyOnnxOptions {
  /** Sizes for the symbols in the model's inputs, such as `{ batch: 16 }`. Default: 1 each. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A node that stands between parameters and outputs and does not let a gradient through, or cannot run at all. */
export interface UntrainableNode {
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
}

/**
 * What would keep a model from training, before anything runs: operators that have no rule, and those on the way from the trainable
 * parameters to the outputs whose gradient is not known. Empty: it can be trained. Builds the graph once; weights are not copied.
 * @throws BioscanError `mismatch` when the sizes do not fit the model
 */
export function untrainable(model: OnnxModel, options: UntrainableOptions = {}): readonly UntrainableNode[] {
  const outputs = options.outputs ?? model.outputs.map(({ name }) => name);
  const { nodes, names } = neededNodes(model, outputs);
  const unknown = nodes.flatMap((node) => finding(node, whyUnknown(node)));
  if (unknown.length > 0) return unknown;

  const graph = trainingGraph();
  const { sizes = {} } = options;
  const inputs = model.inputs
    .filter(({ name }) => names.has(name))
    .map(({ name, dtype, shape }) => {
      const fixed = shape.map((size) => (typeof size === 'number' ? size : (sizes[size] ?? 1)));
      return [name, graph.input(`input ${name}`, dtype, fixed)] as const;
    });
  const { made } = importNodes(model, graph, Object.fromEntries(inputs), { ...options, outputs });
  const active = new Set([...graph.parameters.values()].map(({ value }) => value));
  const found = new Map<OnnxNode, string>();
  for (const node of [...graph.nodes]) {
    if (!node.inputs.some((input) => input !== undefined && active.has(input))) continue;
    const floating = node.outputs.filter(isFloating);
    for (const output of floating) active.add(output);
    const reason = floating.length === 0 ? undefined : whyNoGradient(node);
    const origin = made.get(node);
    if (reason !== undefined && origin !== undefined && !found.has(origin)) found.set(origin, reason);
  }
  return [...found].flatMap(([node, reason]) => finding(node, reason));
}

function finding(node: OnnxNode, reason: string | undefined): readonly UntrainableNode[] {
  return reason === undefined ? [] : [{ node: node.name, operator: operatorLabel(node), reason }];
}

/** Differentiates the node alone, in a graph of its own; rules say so when they do not know a gradient. */
function whyNoGradient(node: Node): string | undefined {
  if (operators[node.operator].vjp === 'none') return 'no gradient passes through it';
  const graph = trainingGraph();
  const inputs = node.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    return input.constant === undefined
      ? graph.input(`input ${i}`, input.dtype, input.shape)
      : graph.constant(input.constant);
  });
  const [output] = graph.apply(node.operator, inputs, node.attributes) as [Value];
  const sources = inputs.filter((input) => input !== undefined && input.constant === undefined && isFloating(input));
  try {
    gradients(sum(output), sources as readonly Value[]);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^graph: /, '');
  }
}
