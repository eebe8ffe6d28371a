import type { Node, Value } from '../graph.js';
import { isFloating } from '../operators/inputs.js';
import { rewriteGraph, type ExportPass, type NodeRewrite, type Rewriting } from './draft.js';
import { fuseAttention } from './fuse-attention.js';
import { made } from './made.js';

/**
 * Puts com.microsoft's fused kernels where ONNX Runtime has them: MultiHeadAttention, SkipLayerNormalization, BiasGelu.
 * Results agree to float32 rounding. For ONNX Runtime on any platform; other engines need the plain graph.
 */
export function fuse(): ExportPass {
  return (draft) => rewriteGraph(draft, firstOf([fuseAttention, fuseSkipNorm, fuseBiasGelu]));
}

function firstOf(rules: readonly NodeRewrite[]): NodeRewrite {
  return (node, rewriting) => {
    for (const rule of rules) {
      const outputs = rule(node, rewriting);
      if (outputs !== undefined) return outputs;
    }
    return undefined;
  };
}

/** Gelu(x + b) with a bias vector b. */
function fuseBiasGelu(node: Node, { mapped }: Rewriting): readonly Value[] | undefined {
  if (node.operator !== 'Gelu') return undefined;
  const sum = withVector(node.inputs[0] as Value);
  if (sum === undefined) return undefined;
  const x = mapped(sum.x);
  return x.graph.apply('BiasGelu', [x, mapped(sum.vector)], {});
}

/** LayerNormalization(x + skip), and of (x + b) + skip with a bias vector b; the sum itself stays to be had for pre-norm networks. */
function fuseSkipNorm(node: Node, rewriting: Rewriting): readonly Value[] | undefined {
  const norm = node.operator === 'LayerNormalization' ? (node as Node<'LayerNormalization'>) : undefined;
  if (norm === undefined) return undefined;
  const [summed, scale, shift] = norm.inputs as [Value, Value, Value | undefined];
  const sum = made(summed, 'Add');
  // The sum of a pre-norm network is read again later: the fused kernel would have to store it as well.
  if (sum === undefined || rewriting.uses(summed) > 1 || !lastAxis(norm, summed) || summed.shape.length > 3)
    return undefined;
  const [left, right] = sum.inputs as [Value, Value];
  if (left.shape.join() !== right.shape.join()) return undefined;
  const parts = withVector(left) ?? withVector(right);
  const [x, skip] = parts === undefined ? [left, right] : [parts.x, parts.sum === left ? right : left];
  const { graph, mapped } = rewriting;
  const inputs = [x, skip, scale, shift, parts?.vector].map((value) =>
    value === undefined ? undefined : mapped(value),
  );
  const { epsilon } = norm.attributes;
  const [y] = graph.apply('SkipLayerNormalization', inputs, { epsilon });
  return [y as Value];
}

function lastAxis({ attributes: { axis } }: Node<'LayerNormalization'>, x: Value): boolean {
  return axis === -1 || axis === x.shape.length - 1;
}

/** x + vector, where the vector runs along the last axis. */
function withVector(sum: Value): { sum: Value; x: Value; vector: Value } | undefined {
  const node = made(sum, 'Add');
  if (node === undefined || !isFloating(sum)) return undefined;
  const [left, right] = node.inputs as [Value, Value];
  const width = sum.shape.at(-1);
  const isVector = (value: Value): boolean => value.shape.length === 1 && value.shape[0] === width && width !== 1;
  if (isVector(right) && left.shape.join() === sum.shape.join()) return { sum, x: left, vector: right };
  if (isVector(left) && right.shape.join() === sum.shape.join()) return { sum, x: right, vector: left };
  return undefined;
}
