import type { OperatorAttributes } from '../../src/attributes.js';
import type { Dense, Inputs } from './dense.js';

/** Attention by its definition: one query token and head at a time. */
export function attention(
  [query, key, value, bias, mask, added]: Inputs,
  { num_heads: heads, scale, mask_filter_value: least }: OperatorAttributes['MultiHeadAttention'],
): Dense {
  const [batch, tokens, width] = query!.shape as [number, number, number];
  const sources = key!.shape[1]!;
  const depth = width / heads;
  const part = (input: Dense, which: number, n: number, token: number, column: number): number =>
    input.data[(n * input.shape[1]! + token) * width + column]! + (bias?.data[which * width + column] ?? 0);
  const data = new Float64Array(batch * tokens * width);
  for (let n = 0; n < batch; n++) {
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < tokens; token++) {
        const scores = Array.from({ length: sources }, (_, source) => {
          let dot = 0;
          for (let d = head * depth; d < (head + 1) * depth; d++) {
            dot += part(query!, 0, n, token, d) * part(key!, 1, n, source, d);
          }
          const hidden = mask === undefined ? 0 : (1 - mask.data[n * sources + source]!) * least;
          return dot * scale + hidden + (added?.data[(head * tokens + token) * sources + source] ?? 0);
        });
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((a, b) => a + b, 0);
        for (let d = head * depth; d < (head + 1) * depth; d++) {
          const sum = weights.reduce((a, weight, source) => a + weight * part(value!, 2, n, source, d), 0);
          data[(n * tokens + token) * width + d] = sum / total;
        }
      }
    }
  }
  return { shape: query!.shape, data };
}
