import { BioscanError, nearestName } from '@bioscan/core';
import type { OnnxModel, OnnxNode } from './onnx-model.js';

/**
 * The nodes that some values need, in order, and every name that these read or that is asked for.
 * @throws BioscanError `not-found` for a name that the file does not have
 */
export function neededNodes(
  model: OnnxModel,
  outputs: readonly string[],
): { readonly nodes: readonly OnnxNode[]; readonly names: ReadonlySet<string> } {
  const names = new Set(outputs);
  const nodes: OnnxNode[] = [];
  for (const node of model.nodes.toReversed()) {
    if (!node.outputs.some((name) => names.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) if (name !== '') names.add(name);
  }
  checkNames(model, outputs);
  return { nodes: nodes.reverse(), names };
}

function checkNames(model: OnnxModel, outputs: readonly string[]): void {
  const known = new Set([
    ...model.nodes.flatMap((node) => node.outputs),
    ...model.initializers.keys(),
    ...model.inputs.map(({ name }) => name),
  ]);
  for (const name of outputs) {
    if (known.has(name)) continue;
    const near = nearestName(name, known);
    const fix = near === undefined ? 'a value of the model' : `a value of the model such as '${near}'`;
    throw new BioscanError('not-found', `graph: output '${name}', got no such value, expected ${fix}`, { name });
  }
}
