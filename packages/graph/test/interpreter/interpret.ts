import { elementCount } from '@bioscan/core';
import type { OperatorName } from '../../src/attributes.js';
import type { Graph, Node, Value } from '../../src/graph.js';
import { reachable } from '../../src/prune.js';
import type { Dense, Inputs } from './dense.js';
import { evaluators } from './evaluators.js';

export type { Dense } from './dense.js';

/** Evaluates a graph in float64, element by element: slow, simple, and itself checked against PyTorch and ONNX Runtime. */
export function interpret(graph: Graph, feeds: ReadonlyMap<Value, Dense>, outputs: readonly Value[]): readonly Dense[] {
  const known = new Map<Value, Dense>(feeds);
  const read = (value: Value): Dense => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (value.constant === undefined) throw new Error(`no value for ${value.name}`);
    return {
      shape: value.constant.shape,
      data: Float64Array.from(value.constant.data as ArrayLike<number | bigint>, Number),
    };
  };
  for (const node of reachable(graph, outputs).nodes) {
    const results = evaluate(
      node,
      node.inputs.map((input) => (input === undefined ? undefined : read(input))),
    );
    results.forEach((result, i) => {
      const output = node.outputs[i];
      if (output === undefined) return;
      check(node, output, result);
      known.set(output, result);
    });
  }
  return outputs.map(read);
}

function evaluate<Name extends OperatorName>(node: Node<Name>, inputs: Inputs): readonly Dense[] {
  const shapes = node.outputs.map((output) => output.shape as readonly number[]);
  return evaluators[node.operator](inputs, node.attributes, shapes);
}

/** Symbols stand for sizes that only the data know. */
function check(node: Node, output: Value, result: Dense): void {
  const fits =
    output.shape.length === result.shape.length &&
    output.shape.every((size, axis) => typeof size === 'string' || size === result.shape[axis]) &&
    elementCount(result.shape) === result.data.length;
  if (fits) return;
  throw new Error(`${node.operator}: the rule says (${output.shape.join()}), computed (${result.shape.join()})`);
}
