import type { Tensor, Tensors } from '@bioscan/core';
import type { Graph, Node, Value } from '../graph.js';
import { inferenceGraph } from '../new-graph.js';
import { reachable } from '../prune.js';

/** A graph for inference on its way to a file: what it gives, and its weights by parameter name. */
export interface InferenceDraft {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly weights: Tensors;
}

/** Turns a draft into a faster or smaller one that takes the same inputs and gives the same outputs, as nearly as its name says. */
export type ExportPass = (draft: InferenceDraft) => InferenceDraft;

/** Where a pass stands: the old draft, and the new graph that it fills. */
export interface Rewriting {
  readonly draft: InferenceDraft;
  readonly graph: Graph;
  /** The value in the new graph that stands for one of the old. */
  readonly mapped: (value: Value) => Value;
  /** The weights of a parameter of the old graph; undefined for any other value. */
  readonly weight: (value: Value) => Tensor | undefined;
  /** How many reachable nodes and outputs of the old graph read a value. */
  readonly uses: (value: Value) => number;
}

/** What a pass puts in the place of a node: its outputs, or undefined to keep the node. */
export type NodeRewrite = (node: Node, rewriting: Rewriting) => readonly Value[] | undefined;

/** What a pass puts in the place of an input, a constant or a parameter. */
export type LeafRewrite = (value: Value, rewriting: Rewriting) => Value;

/**
 * Builds the draft anew, node by node in order, with `rewrite` deciding what stands in each place.
 * A fusion is found at its last node; the nodes that it made useless are not stored, since nothing reads them.
 */
export function rewriteGraph(
  draft: InferenceDraft,
  rewrite: NodeRewrite,
  leaf: LeafRewrite = sameLeaf,
): InferenceDraft {
  const graph = inferenceGraph();
  const values = new Map<Value, Value>();
  const { nodes } = reachable(draft.graph, Object.values(draft.outputs));
  const uses = countUses(nodes, Object.values(draft.outputs));
  const rewriting: Rewriting = {
    draft,
    graph,
    mapped: (value) => {
      const known = values.get(value) ?? leaf(value, rewriting);
      values.set(value, known);
      return known;
    },
    weight: (value) => (isParameter(draft.graph, value) ? draft.weights[value.name] : undefined),
    uses: (value) => uses.get(value) ?? 0,
  };
  for (const input of draft.graph.inputs) rewriting.mapped(input);
  for (const node of nodes) {
    const outputs = rewrite(node, rewriting) ?? keep(node, rewriting);
    node.outputs.forEach((output, i) => {
      const replaced = outputs[i];
      if (replaced !== undefined) values.set(output, replaced);
    });
  }
  const outputs = Object.entries(draft.outputs).map(([name, value]) => [name, rewriting.mapped(value)] as const);
  return { graph, outputs: Object.fromEntries(outputs), weights: draft.weights };
}

/** The node as it is, in the new graph. */
export function keep(node: Node, { graph, mapped }: Rewriting): readonly Value[] {
  const inputs = node.inputs.map((input) => (input === undefined ? undefined : mapped(input)));
  return graph.apply(node.operator, inputs, node.attributes);
}

/** An input, constant or parameter as it is, in the new graph. */
export function sameLeaf(value: Value, { draft, graph }: Rewriting): Value {
  if (value.constant !== undefined) return graph.constant(value.constant);
  if (draft.graph.inputs.includes(value)) return graph.input(value.name, value.dtype, value.shape);
  const entry = draft.graph.parameters.get(value.name);
  if (entry?.value !== value) throw new TypeError(`graph: '${value.name}' is used before it is made`);
  const { name, shape, initial, decay } = entry.parameter;
  return graph.parameter(name, shape, { initial, decay });
}

function isParameter(graph: Graph, value: Value): boolean {
  return graph.parameters.get(value.name)?.value === value;
}

function countUses(nodes: readonly Node[], outputs: readonly Value[]): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const read = [...nodes.flatMap((node) => node.inputs), ...outputs];
  for (const value of read) if (value !== undefined) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}
