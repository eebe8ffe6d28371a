import { cast, greater, where } from './functions/elementwise.js';
import { gather } from './functions/indexing.js';
import { reshape } from './functions/layout.js';
import type { Graph, Node, Value } from './graph.js';
import { concreteShape } from './shape.js';

/**
 * Emits the nodes of a block again, for use in the backward pass, and gives the copy of each value. Engines share equal nodes and may run
 * what they can early, which would undo it: so each value that comes in from outside passes a choice between itself and a number
 * out of the arriving slope, made by a `true` that is fed. Nothing is emitted when no slope arrives.
 */
export function emitAgain(nodes: readonly Node[], slopes: ReadonlyMap<Value, Value>): ReadonlyMap<Value, Value> {
  const copies = new Map<Value, Value>();
  const arriving = nodes
    .toReversed()
    .flatMap(({ outputs }) => outputs)
    .find((output) => slopes.has(output));
  const slope = arriving === undefined ? undefined : slopes.get(arriving);
  if (slope === undefined) return copies;
  const { graph } = slope;
  const yes = fedTrue(graph);
  const [size] = concreteShape('recompute', [slope.shape.reduce<number>((a, b) => a * Number(b), 1)]) as [number];
  const late = gather(reshape(slope, [size]), graph.scalar(0, 'int64'));
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (input === undefined || made.has(input) || copies.has(input) || !isActivation(graph, input)) continue;
      copies.set(input, where(yes, input, cast(late, input.dtype)));
    }
  }
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : (copies.get(input) ?? input)));
    graph.repeat(node, inputs).forEach((copy, i) => copies.set(node.outputs[i] as Value, copy));
  }
  return copies;
}

/** What flows: no parameter, mask or constant, and of a type that a choice takes. */
function isActivation(graph: Graph, value: Value): boolean {
  const flows = graph.producer(value) !== undefined || graph.inputs.includes(value);
  return flows && ['float32', 'float64', 'int64', 'int32'].includes(value.dtype);
}

const truths = new WeakMap<Graph, Value>();

/** A dropout mask of rate 0 is a 1 that no engine can know before the run. */
function fedTrue(graph: Graph): Value {
  const known = truths.get(graph);
  if (known !== undefined) return known;
  const value = greater(graph.mask([], 0), 0);
  truths.set(graph, value);
  return value;
}
