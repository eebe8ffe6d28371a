import { BioscanError } from '@bioscan/core';
import type { OperatorAttributes } from '../attributes.js';
import { add, cast, mul, sub } from '../functions/elementwise.js';
import { reshape, slice, transpose, unsqueeze } from '../functions/layout.js';
import { matmul } from '../functions/matmul.js';
import { softmax } from '../functions/normalize.js';
import type { Value } from '../graph.js';
import { concreteShape, showShape } from '../shape.js';

/**
 * MultiHeadAttention in plain operators: queries, keys and values (n, tokens, width), one bias for all three, tokens that may be attended
 * (n, tokens), and what is added to the scores.
 * @throws BioscanError `unsupported` for a cache of earlier keys or another form of mask
 */
export function plainAttention(
  inputs: readonly (Value | undefined)[],
  { num_heads: heads, scale, mask_filter_value: least }: OperatorAttributes['MultiHeadAttention'],
): Value {
  const [query, key, value, bias, mask, added, ...cached] = inputs as [Value, Value, Value, ...(Value | undefined)[]];
  if (cached.some((input) => input !== undefined)) {
    throw new BioscanError('unsupported', 'graph: gradients of MultiHeadAttention with earlier keys and values');
  }
  const [width] = concreteShape('MultiHeadAttention', [query.shape[2] ?? 0]) as [number];
  const depths = [width, width, concreteShape('MultiHeadAttention', [value.shape[2] ?? 0])[0] as number];
  const [queries, keys, values] = [query, key, value].map((part, i) => {
    const depth = depths[i] as number;
    const shifted = bias === undefined ? part : add(part, slice(bias, 0, i * width, i * width + depth));
    return transpose(reshape(shifted, [...part.shape.slice(0, 2), heads, depth / heads]), [0, 2, 1, 3]);
  }) as [Value, Value, Value];
  let scores = matmul(queries, keys, { transposeY: true, scale: scale === 0 ? 1 / Math.sqrt(width / heads) : scale });
  if (mask !== undefined) scores = add(scores, maskBias(mask, query, least));
  if (added !== undefined) scores = add(scores, added);
  const context = transpose(matmul(softmax(scores), values), [0, 2, 1, 3]);
  return reshape(context, [...query.shape.slice(0, 2), depths[2] as number]);
}

function maskBias(mask: Value, query: Value, least: number): Value {
  if (mask.shape.length !== 2) {
    throw new BioscanError(
      'unsupported',
      `graph: gradients of MultiHeadAttention, got a mask ${showShape(mask.shape)}, expected (n, tokens)`,
    );
  }
  const attended = cast(mask, query.dtype);
  return unsqueeze(mul(sub(mask.graph.scalar(1, query.dtype), attended), least), [1, 2]);
}
