import { cast } from '../functions/elementwise.js';
import type { Node, Value } from '../graph.js';
import type { Rewriting } from './draft.js';
import { made } from './made.js';

/** What MultiHeadAttention needs of softmax(scale · q kᵀ + bias) v as layers/attention.ts builds it. */
interface AttentionMatch {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly heads: number;
  readonly scale: number;
  /** (n, tokens): 1 for tokens that may be attended. */
  readonly mask?: Value;
}

/** Multi-head attention, found at the Reshape that joins its heads. */
export function fuseAttention(node: Node, { graph, mapped }: Rewriting): readonly Value[] | undefined {
  const match = node.operator === 'Reshape' ? matchAttention(node) : undefined;
  if (match === undefined) return undefined;
  const { query, key, value, heads, scale, mask } = match;
  const attended = mask === undefined ? undefined : cast(mapped(mask), 'int32');
  const inputs = [mapped(query), mapped(key), mapped(value), undefined, attended];
  return graph.apply('MultiHeadAttention', inputs, {
    num_heads: heads,
    scale,
    mask_filter_value: -3.4028234663852886e38,
  });
}

function matchAttention(join: Node): AttentionMatch | undefined {
  const swapped = swappedHeads(join.inputs[0]);
  const context = made(swapped, 'MatMul');
  const softmax = made(context?.inputs[0], 'Softmax');
  if (context === undefined || softmax === undefined) return undefined;
  const rank = (softmax.inputs[0] as Value).shape.length;
  if (rank !== 4 || ![-1, 3].includes(softmax.attributes.axis)) return undefined;
  const biased = made(softmax.inputs[0], 'Add');
  const scores = made(biased === undefined ? softmax.inputs[0] : biased.inputs[0], 'FusedMatMul');
  const mask = biased === undefined ? undefined : attendedTokens(biased.inputs[1]);
  if (scores?.attributes.transA !== 0 || scores.attributes.transB !== 1) return undefined;
  if (biased !== undefined && mask === undefined) return undefined;
  const [query, key, value] = [scores.inputs[0], scores.inputs[1], context.inputs[1]].map(splitHeads);
  if (query === undefined || key === undefined || value === undefined) return undefined;
  const joined = join.outputs[0] as Value;
  if (joined.shape.join() !== query.shape.join()) return undefined;
  const heads = (scores.inputs[0] as Value).shape[1];
  if (typeof heads !== 'number') return undefined;
  return { query, key, value, heads, scale: scores.attributes.alpha, ...(mask === undefined ? {} : { mask }) };
}

/** (n, tokens, width) behind its split into (n, heads, tokens, width / heads). */
function splitHeads(value: Value | undefined): Value | undefined {
  const source = swappedHeads(value);
  const whole = made(source, 'Reshape')?.inputs[0];
  return whole?.shape.length === 3 && source?.shape.length === 4 ? whole : undefined;
}

function swappedHeads(value: Value | undefined): Value | undefined {
  const transpose = made(value, 'Transpose');
  return transpose?.attributes.perm.join() === '0,2,1,3' ? transpose.inputs[0] : undefined;
}

/** The mask behind `attentionBias(mask)`: (1 - mask) times the least float, as (n, 1, 1, tokens). */
function attendedTokens(bias: Value | undefined): Value | undefined {
  const scaled = made(made(bias, 'Unsqueeze')?.inputs[0], 'Mul');
  const inverted = made(scaled?.inputs[0], 'Sub');
  const factor = scaled?.inputs[1]?.constant?.data[0];
  const one = inverted?.inputs[0]?.constant?.data[0];
  if (Number(one) !== 1 || factor === undefined || Number(factor) > -1e4) return undefined;
  return made(inverted?.inputs[1], 'Cast')?.inputs[0];
}
