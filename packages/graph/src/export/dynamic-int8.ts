import { BioscanError, tensor } from '@bioscan/core';
import { cast, mul } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { unsqueeze } from '../functions/layout.js';
import type { Node, Value } from '../graph.js';
import { rewriteGraph, type ExportPass, type Rewriting } from './draft.js';
import { made } from './made.js';
import { quantiseWeight } from './quantise.js';

export interface DynamicInt8Options {
  /** Which weights; default all matrices of linear layers and tables that are looked up. */
  readonly pattern?: RegExp;
  /**
   * Bits of a weight. 7 (default) gives the same results on every processor; 8 is a little finer but saturates on x86
   * without VNNI, where ONNX Runtime adds pairs of products in 16 bits.
   */
  readonly bits?: 7 | 8;
}

/**
 * Stores weights in 8 bits and multiplies in 8 bits: linear layers become DynamicQuantizeMatMul (one step an output; activations are
 * quantised as they come, one range a tensor), looked-up tables keep one step a row. A quarter of the size; no calibration needed.
 * @throws BioscanError `bad-input` when the pattern matches no weight.
 */
export function dynamicInt8(options: DynamicInt8Options = {}): ExportPass {
  const { pattern = /(?:)/, bits = 7 } = options;
  return (draft) => {
    let quantised = 0;
    const rewritten = rewriteGraph(draft, (node, rewriting) => {
      const outputs = quantiseProduct(node, rewriting, pattern, bits) ?? quantiseLookup(node, rewriting, pattern, bits);
      if (outputs !== undefined) quantised++;
      return outputs;
    });
    if (quantised > 0) return rewritten;
    throw new BioscanError('bad-input', `graph: dynamicInt8, got no weight that matches ${String(pattern)}`, {
      weights: Object.keys(draft.weights).slice(0, 20),
    });
  };
}

/** x W, or x W + b when the sum is all that reads the product. */
function quantiseProduct(node: Node, rewriting: Rewriting, pattern: RegExp, bits: 7 | 8): readonly Value[] | undefined {
  const sum = node.operator === 'Add' ? node : undefined;
  const side = sum?.inputs.findIndex((input) => made(input, 'MatMul') !== undefined) ?? -1;
  const product = sum === undefined ? node : made(sum.inputs[side], 'MatMul');
  if (product?.operator !== 'MatMul') return undefined;
  const [x, weight] = product.inputs as [Value, Value];
  const bias = sum?.inputs[1 - side];
  const values = rewriting.weight(weight);
  if (values?.shape.length !== 2 || !pattern.test(weight.name)) return undefined;
  if (sum !== undefined && (bias?.shape.length !== 1 || rewriting.uses(product.outputs[0] as Value) > 1))
    return undefined;
  const { graph, mapped } = rewriting;
  const { codes, steps } = quantiseWeight(values, 1, bits);
  const zeros = tensor('int8', steps.shape, new Int8Array(steps.data.length));
  const constants = [codes, steps, zeros].map((constant) => graph.constant(constant));
  return graph.apply(
    'DynamicQuantizeMatMul',
    [mapped(x), ...constants, bias === undefined ? undefined : mapped(bias)],
    {},
  );
}

/** Rows of a table. */
function quantiseLookup(
  node: Node,
  { graph, mapped, weight }: Rewriting,
  pattern: RegExp,
  bits: 7 | 8,
): readonly Value[] | undefined {
  if (node.operator !== 'Gather') return undefined;
  const [table, indices] = node.inputs as [Value, Value];
  const values = weight(table);
  const { axis } = (node as Node<'Gather'>).attributes;
  if (values?.shape.length !== 2 || axis !== 0 || !pattern.test(table.name)) return undefined;
  const { codes, steps } = quantiseWeight(values, 0, bits);
  const rows = cast(gather(graph.constant(codes), mapped(indices)), 'float32');
  return [mul(rows, unsqueeze(gather(graph.constant(steps), mapped(indices)), [-1]))];
}
