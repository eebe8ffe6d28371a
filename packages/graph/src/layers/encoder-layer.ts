import { add, gelu } from '../functions/elementwise.js';
import { sizeOf } from '../functions/layout.js';
import type { Initial, Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import { selfAttention } from './attention.js';
import { dropout } from './dropout.js';
import { layerNormalization } from './layer-normalization.js';
import { linear } from './linear.js';

export interface EncoderLayerOptions {
  readonly heads: number;
  /** Width of the feed-forward part. Default: 4 times the width of x. */
  readonly intermediate?: number;
  /** Rate on both sub-layers' outputs. Default 0. */
  readonly dropout?: number;
  /** Rate on the attention weights. Default: `dropout`. */
  readonly attentionDropout?: number;
  /** Of the layer normalisations. Default 1e-12, as BERT. */
  readonly epsilon?: number;
  readonly initial?: Initial;
  /** See {@link attentionBias}. */
  readonly bias?: Value;
}

/**
 * A BERT encoder layer (Devlin et al. 2019): attention, then GELU feed-forward, each with dropout, residual and layer normalisation after it.
 * Parameters carry the names that Hugging Face gives them under `name`; weights are (inputs, outputs), the transpose of theirs.
 */
export function encoderLayer(x: Value, name: string, options: EncoderLayerOptions): Value {
  const [width] = concreteShape(`encoderLayer '${name}'`, [sizeOf(x, 2)]) as [number];
  const { heads, bias, initial = { normal: 0.02 }, epsilon = 1e-12, dropout: rate = 0 } = options;
  const { intermediate = 4 * width, attentionDropout = rate } = options;
  const context = selfAttention(x, `${name}.attention.self`, {
    heads,
    initial,
    dropout: attentionDropout,
    ...(bias === undefined ? {} : { bias }),
  });
  const attended = dropout(linear(context, `${name}.attention.output.dense`, width, { initial }), rate);
  const middle = layerNormalization(add(attended, x), `${name}.attention.output.LayerNorm`, epsilon);
  const hidden = gelu(linear(middle, `${name}.intermediate.dense`, intermediate, { initial }));
  const forward = dropout(linear(hidden, `${name}.output.dense`, width, { initial }), rate);
  return layerNormalization(add(forward, middle), `${name}.output.LayerNorm`, epsilon);
}
