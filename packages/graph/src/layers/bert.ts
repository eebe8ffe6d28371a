import { add } from '../functions/elementwise.js';
import { slice } from '../functions/layout.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import type { Values } from '../tower.js';
import { attentionBias } from './attention.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { encoderLayer } from './encoder-layer.js';
import { layerNormalization } from './layer-normalization.js';

/** Everything that fixes a BERT body. */
export interface BertShape {
  /** Rows of the word table. */
  readonly vocabularySize: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly feedForward: number;
  /** Rate after the embeddings, both sub-layers of each layer, and on the attention weights. */
  readonly dropout: number;
  /** Rows of the position table. */
  readonly maxPositions: number;
}

const normal = { normal: 0.02 };

/**
 * Hidden states (n, tokens, width) of BERT (Devlin et al. 2019) as Hugging Face builds it: the embedding output, then each layer up to
 * `last`. Inputs `input_ids` and `attention_mask` (n, tokens); every token is of type 0. Layer normalisation after each part (1e-12).
 * The word embedding of id 0 never learns and starts at zero, since Hugging Face pads with 0. Parameters stand below `name`, as theirs.
 */
export function bertStates(inputs: Values, name: string, shape: BertShape, last: number = shape.layers): Value[] {
  const { vocabularySize: rows, layers, heads, width, feedForward, dropout: rate, maxPositions } = shape;
  const ids = inputs['input_ids'] as Value;
  const [tokens] = concreteShape(`bert '${name}'`, ids.shape.slice(1)) as [number];
  const { graph } = ids;
  const words = embedding(ids, `${name}.embeddings.word_embeddings`, { rows, width, frozenRow: 0 });
  const table = { initial: normal };
  const positions = graph.parameter(`${name}.embeddings.position_embeddings.weight`, [maxPositions, width], table);
  const types = graph.parameter(`${name}.embeddings.token_type_embeddings.weight`, [2, width], table);
  const placed = add(slice(positions, 0, 0, tokens), slice(types, 0, 0, 1));
  const embedded = layerNormalization(add(words, placed), `${name}.embeddings.LayerNorm`, 1e-12);
  const states = [dropout(embedded, rate)];
  const bias = attentionBias(inputs['attention_mask'] as Value);
  for (let layer = 0; layer < Math.min(layers, last); layer++) {
    const options = { heads, bias, intermediate: feedForward, dropout: rate };
    states.push(encoderLayer(states[layer] as Value, `${name}.encoder.layer.${layer}`, options));
  }
  return states;
}
