import { BioscanError } from '@bioscan/core';
import type { Value } from '../graph.js';
import { adapters } from './adapters.js';
import type { Adapter, BatchNormalizationMode, NodeContext } from './node-context.js';
import { applyRule, ruleOf } from './apply-rule.js';
import { fold } from './fold.js';
import type { ImportScope, Imported } from './import-scope.js';
import type { OnnxNode } from './onnx-model.js';

/** Adds one node of a file: computed now when its inputs are known, else by its adapter, else by its operator's rule as it stands. */
export function importNode(node: OnnxNode, scope: ImportScope, batchNormalization?: BatchNormalizationMode): void {
  const folded = fold(
    node,
    node.inputs.map((name) => scope.content(name)),
  );
  if (folded !== undefined) {
    scope.bind(node.outputs[0] as string, { content: folded });
    return;
  }
  const reason = whyUnknown(node);
  if (reason !== undefined) throw new BioscanError('unsupported', `graph: ${reason}`);
  const context: NodeContext = { node, scope, graph: scope.graph, batchNormalization };
  const results = (adapterOf(node) ?? plain)(context).map(asImported);
  node.outputs.forEach((name, i) => {
    if (name === '') return;
    const result = results[i];
    if (result === undefined) {
      throw new BioscanError('unsupported', `graph: output ${i}, got a use of it, expected ${results.length} outputs`);
    }
    checkSizes(result);
    scope.bind(name, result);
  });
}

/** Why a node cannot be put into a graph, from its operator alone; undefined when it can. */
export function whyUnknown(node: OnnxNode): string | undefined {
  if (Object.values(node.attributes).some((value) => typeof value === 'object' && 'subgraph' in value)) {
    return 'subgraphs are not supported; export the model without control flow';
  }
  if (/^(QLinear|Quantize|Dequantize|DynamicQuantize|ConvInteger|MatMulInteger)/.test(node.operator)) {
    return 'quantised operators cannot be trained; fine-tune the float model and quantise its export';
  }
  return adapterOf(node) !== undefined || ruleOf(node) !== undefined ? undefined : 'unknown operator';
}

function adapterOf(node: OnnxNode): Adapter | undefined {
  return node.domain === '' && Object.hasOwn(adapters, node.operator) ? adapters[node.operator] : undefined;
}

function asImported(result: Value | Imported): Imported {
  return 'graph' in result ? { value: result } : result;
}

function plain(context: NodeContext): readonly Value[] {
  return applyRule(context);
}

/** Attributes of a bad file can make sizes that are none. */
function checkSizes({ value }: Imported): void {
  if (value?.shape.every((size) => typeof size === 'string' || (Number.isSafeInteger(size) && size >= 0)) ?? true)
    return;
  const shape = value?.shape.join(', ') ?? '';
  throw new BioscanError('bad-file', `graph: result, got the shape (${shape}), expected whole sizes of at least 0`);
}
