import type { Graph, Value } from '../graph.js';
import type { Content } from './content.js';
import type { Imported, ImportScope } from './import-scope.js';
import type { OnnxNode } from './onnx-model.js';

export type BatchNormalizationMode = 'frozen' | 'batch';

/** What an adapter sees of the node that it translates. */
export interface NodeContext {
  readonly node: OnnxNode;
  readonly scope: ImportScope;
  readonly graph: Graph;
  readonly batchNormalization: BatchNormalizationMode | undefined;
}

/** Translates a node of a file into values of the graph. */
export type Adapter = (context: NodeContext) => readonly (Value | Imported)[];

export function inputValue({ node, scope }: NodeContext, index: number): Value {
  return scope.value(node.inputs[index] ?? '');
}

export function inputContent({ node, scope }: NodeContext, index: number): Content | undefined {
  return scope.content(node.inputs[index]);
}
