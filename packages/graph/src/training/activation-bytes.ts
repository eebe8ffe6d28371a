import type { DType } from '@bioscan/core';
import type { Graph, Node, Value } from '../graph.js';
import { reachable } from '../prune.js';
import { concreteShape } from '../shape.js';

const widths: Readonly<Record<DType, number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Operators whose result is another view of their first input. */
const views: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Operators that engines let write over an input that ends with them. */
const elementwise: ReadonlySet<string> = new Set(
  'Add Sub Mul Div Pow Neg Abs Exp Log Sqrt Reciprocal Erf Tanh Relu Sigmoid Gelu Where Softmax LogSoftmax'.split(' '),
);

/**
 * Most bytes of intermediate values alive at once when the nodes that `outputs` need run in their order. Inputs, parameters and
 * constants do not count, nor values in `given`, whose memory the caller owns. Views and results written over a dying input count once.
 * `order` says in which order the engine takes the nodes. Default: the graph's.
 */
export function activationBytes(
  graph: Graph,
  outputs: Iterable<Value>,
  given: Iterable<Value> = [],
  order: (nodes: readonly Node[]) => readonly Node[] = (nodes) => nodes,
): number {
  const kept = [...outputs];
  const nodes = order(reachable(graph, kept).nodes);
  const owner = storage(nodes, lastUses(nodes, kept));
  const ends = new Map<Value, number>();
  nodes.forEach((node, at) => {
    for (const value of [...node.inputs, ...node.outputs]) {
      if (value !== undefined) ends.set(owner.get(value) ?? value, at);
    }
  });
  for (const value of kept) ends.set(owner.get(value) ?? value, nodes.length);
  const free = new Set<Value>([...given].map((value) => owner.get(value) ?? value));
  const dying = new Map<number, number>();
  let [alive, most] = [0, 0];
  nodes.forEach((node, at) => {
    for (const output of node.outputs) {
      if ((owner.get(output) ?? output) !== output || free.has(output)) continue;
      const bytes = bytesOf(output);
      const end = ends.get(output) ?? at;
      alive += bytes;
      dying.set(end, (dying.get(end) ?? 0) + bytes);
    }
    most = Math.max(most, alive);
    alive -= dying.get(at) ?? 0;
  });
  return most;
}

/** Position of the last node that reads each value; outputs are read at the end. */
function lastUses(nodes: readonly Node[], kept: readonly Value[]): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  nodes.forEach((node, at) => {
    for (const input of node.inputs) if (input !== undefined) uses.set(input, at);
  });
  for (const value of kept) uses.set(value, nodes.length);
  return uses;
}

/** The value in whose memory each value lies, where that is another's. */
function storage(nodes: readonly Node[], uses: ReadonlyMap<Value, number>): ReadonlyMap<Value, Value> {
  const owner = new Map<Value, Value>();
  const made = new Set<Value>();
  const readers = new Map<Value, number>();
  nodes.forEach((node, at) => {
    const [output] = node.outputs;
    for (const value of node.outputs) made.add(value);
    if (output === undefined) return;
    const reused = views.has(node.operator) ? node.inputs[0] : overwritten(node, at, uses);
    if (reused !== undefined && (made.has(reused) || views.has(node.operator))) {
      const root = owner.get(reused) ?? reused;
      const end = Math.max(readers.get(root) ?? 0, uses.get(reused) ?? 0);
      // A view's other readers may outlive this node: then there is nothing to write over.
      if (views.has(node.operator) || end <= at) owner.set(output, root);
    }
    const root = owner.get(output) ?? output;
    readers.set(root, Math.max(readers.get(root) ?? 0, uses.get(output) ?? at));
  });
  return owner;
}

function overwritten(node: Node, at: number, uses: ReadonlyMap<Value, number>): Value | undefined {
  if (!elementwise.has(node.operator)) return undefined;
  const [output] = node.outputs;
  return node.inputs.find(
    (input) =>
      input !== undefined && output !== undefined && uses.get(input) === at && bytesOf(input) === bytesOf(output),
  );
}

function bytesOf({ dtype, shape }: Value): number {
  return concreteShape('memory', shape).reduce((product, size) => product * size, widths[dtype]);
}
