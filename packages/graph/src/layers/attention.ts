import { add, cast, mul, sub } from '../functions/elementwise.js';
import { reshape, sizeOf, transpose, unsqueeze } from '../functions/layout.js';
import { matmul } from '../functions/matmul.js';
import { softmax } from '../functions/normalize.js';
import type { Initial, Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import { dropout } from './dropout.js';
import { linear } from './linear.js';

export interface AttentionOptions {
  readonly heads: number;
  /** Added to the scores: (n or 1, 1, 1 or tokens, tokens), see {@link attentionBias}. */
  readonly bias?: Value;
  /** Dropout rate on the attention weights. Default 0. */
  readonly dropout?: number;
  readonly initial?: Initial;
}

/**
 * Self-attention (Vaswani et al. 2017) over x (n, tokens, width), before the output projection.
 * Parameters `name.query`, `name.key`, `name.value`, each a linear layer; head h is columns h·width/heads and on.
 */
export function selfAttention(x: Value, name: string, options: AttentionOptions): Value {
  const { heads, bias, dropout: rate = 0, initial } = options;
  const [width] = concreteShape(`selfAttention '${name}'`, [sizeOf(x, 2)]) as [number];
  if (width % heads !== 0) throw new RangeError(`graph: attention '${name}', got ${heads} heads for width ${width}`);
  const [query, key, value] = ['query', 'key', 'value'].map((part) =>
    linear(x, `${name}.${part}`, width, initial === undefined ? {} : { initial }),
  ) as [Value, Value, Value];
  return scaledAttention(query, key, value, { heads, dropout: rate, ...(bias === undefined ? {} : { bias }) });
}

/** Scaled dot-product attention of heads over projected queries, keys and values (n, tokens, width); head h is columns h·width/heads and on. */
export function scaledAttention(
  query: Value,
  key: Value,
  value: Value,
  options: Omit<AttentionOptions, 'initial'>,
): Value {
  const { heads, bias, dropout: rate = 0 } = options;
  const [width] = concreteShape('scaledAttention', [sizeOf(query, 2)]) as [number];
  const [queries, keys, values] = [query, key, value].map((part) =>
    transpose(reshape(part, [...part.shape.slice(0, 2), heads, width / heads]), [0, 2, 1, 3]),
  ) as [Value, Value, Value];
  const scores = matmul(queries, keys, { transposeY: true, scale: 1 / Math.sqrt(width / heads) });
  const weights = dropout(softmax(bias === undefined ? scores : add(scores, bias)), rate);
  return reshape(transpose(matmul(weights, values), [0, 2, 1, 3]), query.shape);
}

/** {@link selfAttention} and its output projection `name.output`. */
export function multiHeadAttention(x: Value, name: string, options: AttentionOptions): Value {
  const { initial } = options;
  const [width] = concreteShape(`multiHeadAttention '${name}'`, [sizeOf(x, 2)]) as [number];
  return linear(selfAttention(x, name, options), `${name}.output`, width, initial === undefined ? {} : { initial });
}

/** Turns a mask (n, tokens) of 1 for tokens that may be attended and 0 for the rest into a bias (n, 1, 1, tokens). */
export function attentionBias(mask: Value): Value {
  const attended = cast(mask, 'float32');
  const one = mask.graph.scalar(1);
  return unsqueeze(mul(sub(one, attended), -3.4028234663852886e38), [1, 2]);
}
