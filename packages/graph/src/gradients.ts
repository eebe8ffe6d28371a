import { BioscanError } from '@bioscan/core';
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
  for (const node of forward.reverse()) {
    const cotangents = node.outputs.map((output) => slopes.get(output));
    if (cotangents.some((slope) => slope !== undefined)) propagate(node, cotangents, active, slopes);
  }
  return new Map(values.flatMap((value) => pair(value, slopes.get(value))));
}

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
): void {
  const { vjp } = operators[node.operator] as Operator<Name>;
  if (vjp === 'none' || !node.inputs.some((input) => input !== undefined && active.has(input))) return;
  const { inputs, outputs, attributes } = node;
  const contributions = vjp({ inputs, outputs, attributes, cotangents });
  inputs.forEach((input, i) => {
    const contribution = contributions[i];
    if (input === undefined || contribution === undefined || !active.has(input)) return;
    const before = slopes.get(input);
    slopes.set(input, before === undefined ? contribution : add(before, contribution));
  });
}

function pair(value: Value, slope: Value | undefined): readonly [Value, Value][] {
  if (slope === undefined) return [];
  concreteShape(`gradient by '${value.name}'`, value.shape);
  return [[value, slope]];
}
