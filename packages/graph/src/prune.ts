import { BioscanError } from '@bioscan/core';
import type { Graph, Node, Value } from './graph.js';

/** Nodes that some outputs need, in the graph's order, and every value that those nodes read or that is needed of them. */
export function reachable(
  graph: Graph,
  outputs: Iterable<Value>,
): { readonly nodes: readonly Node[]; readonly values: ReadonlySet<Value> } {
  const values = new Set(outputs);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => values.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) if (input !== undefined) values.add(input);
  }
  return { nodes: nodes.reverse(), values };
}

/**
 * The same nodes with those that nothing reads at the end, the latest first. ONNX Runtime works backwards from such nodes, the last of the
 * list first: gradients of late layers are then taken as soon as they can be, and what they need is freed.
 */
export function leavesLast(nodes: readonly Node[]): readonly Node[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isLeaf = ({ outputs }: Node): boolean => !outputs.some((output) => read.has(output));
  return [...nodes.filter((node) => !isLeaf(node)), ...nodes.filter(isLeaf).reverse()];
}

/**
 * The same nodes as ONNX Runtime takes them of a model with its leaves last: all that the first leaf needs, then what the next needs beyond
 * it. Parts that share nothing but inputs, such as two towers with given slopes, come one after the other.
 */
export function leafByLeaf(nodes: readonly Node[]): readonly Node[] {
  const position = new Map(nodes.map((node, at) => [node, at]));
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const taken = new Set<Node>();
  return nodes.flatMap((leaf) => {
    if (leaf.outputs.some((output) => read.has(output))) return [];
    const needed = [leaf];
    taken.add(leaf);
    for (const node of needed) {
      for (const input of node.inputs) {
        const producer = input === undefined ? undefined : producers.get(input);
        if (producer === undefined || taken.has(producer)) continue;
        taken.add(producer);
        needed.push(producer);
      }
    }
    return needed.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  });
}

/**
 * Names that values get inside a model so that its outputs carry the names asked for.
 * A value that is no node's output, or is asked for twice, is copied into the name (`extra`).
 */
export function outputNames(
  graph: Graph,
  outputs: ReadonlyMap<string, Value>,
): {
  readonly names: ReadonlyMap<Value, string>;
  readonly extra: readonly { readonly from: string; readonly to: string }[];
} {
  const taken = new Set([...graph.inputs, ...graph.masks.map((mask) => mask.value)].map((value) => value.name));
  for (const name of graph.parameters.keys()) taken.add(name);
  const names = new Map<Value, string>();
  const extra: { from: string; to: string }[] = [];
  for (const [name, value] of outputs) {
    if (taken.has(name)) {
      throw new BioscanError('mismatch', `graph: output '${name}', got the name of an input, expected another`);
    }
    if (graph.producer(value) === undefined || names.has(value)) {
      extra.push({ from: names.get(value) ?? value.name, to: name });
    } else {
      names.set(value, name);
    }
  }
  return { names, extra };
}
