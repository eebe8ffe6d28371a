import type { Tensor, ValueSpec } from '@bioscan/core';

/** A whole model file as data: checked, sorted, functions inlined. {@link applyOnnx} puts it into a graph. */
export interface OnnxModel {
  /** What the file wants fed; float16 is widened to float32, see `widened`. */
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  /** Version of the standard operators. */
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** How often each operator occurs; operators outside the standard read `domain::name`. */
  readonly operators: Readonly<Record<string, number>>;
  /** Stored tensors by the file's names: weights, statistics, constants. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** In an order in which they can run. */
  readonly nodes: readonly OnnxNode[];
  /** Stored tensors that were float16 or bfloat16 in the file. */
  readonly widened: readonly string[];
}

/** One operator of a file. */
export interface OnnxNode {
  /** The file's name for it, or one made of its operator and first output. */
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** Version of its domain. */
  readonly version: number;
  /** Names of values; an optional input that is left out is ''. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A value of an attribute; a subgraph is only known to be there. */
export type OnnxAttribute =
  number | string | readonly number[] | readonly string[] | Tensor | { readonly subgraph: string };

/** A model as a few lines of text: what goes in and out, which operators, how many weights. */
export function describeOnnx(model: OnnxModel): string {
  const { inputs, outputs, opset, producer, operators, initializers, widened } = model;
  const counts = Object.entries(operators).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const elements = [...initializers.values()].reduce((total, { data }) => total + data.length, 0);
  return [
    `ONNX model${producer === '' ? '' : ` of ${producer}`}, opset ${opset}`,
    ...inputs.map((spec) => `  input  ${showSpec(spec)}`),
    ...outputs.map((spec) => `  output ${showSpec(spec)}`),
    `  ${initializers.size} stored tensors, ${elements} elements${widened.length === 0 ? '' : `, ${widened.length} of them widened to float32`}`,
    `  ${model.nodes.length} nodes: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}`,
  ].join('\n');
}

function showSpec({ name, dtype, shape }: ValueSpec): string {
  return `${name}: ${dtype} (${shape.join(', ')})`;
}

/** How an operator is called in counts and messages. */
export function operatorLabel({ operator, domain }: Pick<OnnxNode, 'operator' | 'domain'>): string {
  return domain === '' ? operator : `${domain}::${operator}`;
}
