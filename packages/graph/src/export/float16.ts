import { tensor, toFloat16, type Tensor } from '@bioscan/core';
import type { OperatorAttributes } from '../attributes.js';
import { cast } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import { dtypeCode } from '../onnx-types.js';
import { keep, rewriteGraph, sameLeaf, type ExportPass, type LeafRewrite, type NodeRewrite } from './draft.js';

/** Largest finite half. What lies beyond, such as the bias of a masked token, becomes it. */
const largestHalf = 65504;

/**
 * Stores weights and computes in half precision; inputs and outputs stay float32. Half the size, and fast on GPUs;
 * on a CPU ONNX Runtime widens most kernels again, so that nothing is gained there but the size.
 */
export function float16(): ExportPass {
  return (draft) => {
    const halved = rewriteGraph(draft, halfNode, halfLeaf);
    const outputs = Object.entries(halved.outputs).map(([name, value]) => [name, widened(value)] as const);
    return { ...halved, outputs: Object.fromEntries(outputs) };
  };
}

const halfLeaf: LeafRewrite = (value, rewriting) => {
  const { draft, graph, weight } = rewriting;
  if (value.dtype !== 'float32') return sameLeaf(value, rewriting);
  const stored = value.constant ?? weight(value);
  if (stored !== undefined) return graph.constant(halfTensor(stored as Tensor<'float32'>));
  // Without a weight, encoding says which parameter the state lacks.
  const leaf = sameLeaf(value, rewriting);
  return draft.graph.inputs.includes(value) ? cast(leaf, 'float16') : leaf;
};

const halfNode: NodeRewrite = (node, rewriting) => {
  if (node.operator === 'Cast') {
    const { to } = node.attributes as OperatorAttributes['Cast'];
    const target = to === dtypeCode('float32') ? dtypeCode('float16') : to;
    return keep({ ...node, attributes: { to: target } }, rewriting);
  }
  if (node.operator === 'ConstantOfShape') {
    const { value } = node.attributes as OperatorAttributes['ConstantOfShape'];
    const half = value.dtype === 'float32' ? halfTensor(value as Tensor<'float32'>) : value;
    return keep({ ...node, attributes: { value: half } }, rewriting);
  }
  return undefined;
};

function halfTensor({ shape, data }: Tensor<'float32'>): Tensor<'float16'> {
  const within = data.map((value) => Math.max(-largestHalf, Math.min(largestHalf, value)));
  return tensor('float16', shape, toFloat16(within));
}

function widened(value: Value): Value {
  return value.dtype === 'float16' ? cast(value, 'float32') : value;
}
