import { BioscanError } from '@bioscan/core';
import { emitAgain } from './emit-again.js';
import { add } from './functions/elementwise.js';
import type { OperatorName } from './attributes.js';
import type { Graph, Node, Value } from './graph.js';
import type { Operator } from './operator.js';
import { isFloating } from './operators/inputs.js';
import { operators } from './operators/table.js';
import { concreteShape, showShape } from './shape.js';

/**
 * Emits the slopes of a scalar by each of `values` into its graph (reverse mode).
 * A value that the loss does not depend on is absent from the result. The slopes are ordinary values: they can be differentiated again.
 */
export function gradients(loss: Value, values: readonly Value[]): ReadonlyMap<Value, Value> {
  if (loss.shape.length !== 0 || !isFloating(loss)) {
    throw new BioscanError(
      'mismatch',
      `graph: gradients of '${loss.name}', got ${loss.dtype} ${showShape(loss.shape)}, expected a floating-point scalar; take its mean() or sum()`,
    );
  }
  const { graph } = loss;
  const forward = [...graph.nodes];
  const active = dependents(graph, forward, values);
  const slopes = new Map<Value, Value>();
  if (active.has(loss)) slopes.set(loss, graph.scalar(1, loss.dtype));
  backward(forward, active, slopes, graph.blocks);
  return new Map(values.flatMap((value) => pair(value, slopes.get(value))));
}

/** Carries slopes from the last node to the first. */
function backward(
  nodes: readonly Node[],
  active: ReadonlySet<Value>,
  slopes: Map<Value, Value>,
  blocks: Graph['blocks'] = [],
): void {
  const ends = new Map(blocks.filter(({ start, end }) => start < end).map((block) => [block.end - 1, block]));
  for (let at = nodes.length - 1; at >= 0; at--) {
    const block = ends.get(at);
    const part = block === undefined ? [nodes[at] as Node] : nodes.slice(block.start, block.end);
    const copies = block === undefined ? unchanged : emitAgain(part, slopes);
    for (const node of part.toReversed()) {
      const cotangents = node.outputs.map((output) => slopes.get(output));
      if (cotangents.some((slope) => slope !== undefined)) propagate(node, cotangents, active, slopes, copies);
    }
    at -= part.length - 1;
  }
}

const unchanged: ReadonlyMap<Value, Value> = new Map();

/** Values through which one of `sources` can reach others with a gradient. */
function dependents(graph: Graph, nodes: readonly Node[], sources: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(sources);
  for (const node of nodes) {
    if (operators[node.operator].vjp === 'none') continue;
    if (!node.inputs.some((input) => input !== undefined && active.has(input))) continue;
    for (const output of node.outputs) if (isFloating(output) && !graph.isDetached(output)) active.add(output);
  }
  return active;
}

function propagate<Name extends OperatorName>(
  node: Node<Name>,
  cotangents: readonly (Value | undefined)[],
  active: ReadonlySet<Value>,
  slopes: Map<Value, Value>,
  copies: ReadonlyMap<Value, Value>,
): void {
  const { vjp } = operators[node.operator] as Operator<Name>;
  if (vjp === 'none' || !node.inputs.some((input) => input !== undefined && active.has(input))) return;
  const { attributes } = node;
  const inputs = node.inputs.map((input) => (input === undefined ? undefined : (copies.get(input) ?? input)));
  const outputs = node.outputs.map((output) => copies.get(output) ?? output);
  const through = (build: () => readonly Value[]): readonly (Value | undefined)[] => rebuilt(inputs, build, cotangents);
  const contributions = vjp({ inputs, outputs, attributes, cotangents, through });
  node.inputs.forEach((input, i) => {
    const contribution = contributions[i];
    if (input === undefined || contribution === undefined || !active.has(input)) return;
    const before = slopes.get(input);
    slopes.set(input, before === undefined ? contribution : add(before, contribution));
  });
}

/** Builds outputs again from inputs and gives the slopes by the inputs; the nodes of the forward part stand between. */
function rebuilt(
  inputs: readonly (Value | undefined)[],
  build: () => readonly Value[],
  cotangents: readonly (Value | undefined)[],
): readonly (Value | undefined)[] {
  const sources = inputs.filter((input) => input !== undefined);
  const graph = (sources[0] as Value).graph;
  const start = graph.nodes.length;
  const outputs = build();
  const nodes = graph.nodes.slice(start);
  const active = dependents(graph, nodes, sources.filter(isFloating));
  const slopes = new Map<Value, Value>();
  outputs.forEach((output, i) => {
    const cotangent = cotangents[i];
    if (cotangent !== undefined && active.has(output)) slopes.set(output, cotangent);
  });
  backward(nodes, active, slopes);
  // A value given twice gets its whole slope once.
  return inputs.map((input, i) => (input === undefined || inputs.indexOf(input) < i ? undefined : slopes.get(input)));
}

function pair(value: Value, slope: Value | undefined): readonly [Value, Value][] {
  if (slope === undefined) return [];
  concreteShape(`gradient by '${value.name}'`, value.shape);
  return [[value, slope]];
}
