import { tensor, type Tensor, type Tensors, type ValueSpec } from '@bioscan/core';
import {
  batchSymbol,
  bertStates,
  poolTokens,
  tower,
  type Graph,
  type Tower,
  type Value,
  type Values,
} from '@bioscan/graph';
import { kmerTokenizer, type EncodedBarcodes, type KmerTokenizer } from './kmer-tokenizer.js';
import { checkPooling, type Pooling } from './pooling.js';
import { kmerVocabulary, vocabularySize, type VocabularyDescriptor } from './vocabulary.js';

/** Everything that fixes the architecture; stored with each checkpoint. */
export interface BarcodeBertConfig {
  readonly vocabulary: VocabularyDescriptor;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly feedForward: number;
  /** Rate after the embeddings, both sub-layers of each layer, and on the attention weights. */
  readonly dropout: number;
  /** Rows of the position table. */
  readonly maxPositions: number;
}

export interface BarcodeBertOptions {
  /** Letters a token. The published names are k-layers-heads, such as 8-4-4. */
  readonly k: number;
  readonly layers: number;
  readonly heads: number;
  /** Default 768. */
  readonly width?: number;
  /** Default 4 · width. */
  readonly feedForward?: number;
  /** Default 0.1. */
  readonly dropout?: number;
  /** Default: the current layout of k. Its k must be the same. */
  readonly vocabulary?: VocabularyDescriptor;
  /** Default: 512, or 1536 / stride if that is more. */
  readonly maxPositions?: number;
}

/** Which hidden states become the embedding, and how. */
export interface ReadOut {
  /** Default `masked-mean`. */
  readonly pooling?: Pooling;
  /** 0 is the embedding output, `layers` the last layer (default). */
  readonly layer?: number;
}

/** BarcodeBERT as a tower: barcodes to one vector each. Inputs `input_ids` and `attention_mask`, as Hugging Face names them. */
export interface BarcodeBert extends Tower<string> {
  readonly config: BarcodeBertConfig;
  readonly tokenizer: KmerTokenizer;
  /** Hidden states (n, tokens, width): the embedding output, then each layer up to `layer` (default: all). */
  hidden(graph: Graph, inputs: Values, layer?: number): readonly Value[];
  /** The same encoder read out at another layer or with another pooling. */
  readOut(options: ReadOut): Tower<string>;
}

/**
 * BarcodeBERT (Millan Arias et al. 2023): BERT as Hugging Face builds it, over k-mers, post-layer-norm (1e-12), no pooler.
 * The embedding of id 0 is a zero vector that never learns, since Hugging Face pads with 0: where 0 is the mask token, a masked position
 * carries its position alone. Parameters have the names of the published checkpoints; weights of linear layers are (inputs, outputs).
 * @example
 * const bert = barcodeBert({ k: 4, layers: 4, heads: 4, width: 256 });
 */
export function barcodeBert(options: BarcodeBertOptions): BarcodeBert {
  const { k, layers, heads, width = 768, feedForward = 4 * width, dropout = 0.1 } = options;
  const { vocabulary = kmerVocabulary('current', k) } = options;
  const { maxPositions = Math.max(512, Math.ceil(1536 / vocabulary.stride)) } = options;
  if (vocabulary.k !== k) throw new RangeError(`dna: vocabulary of k = ${vocabulary.k}, expected k = ${k}`);
  return barcodeBertOf({ vocabulary, layers, heads, width, feedForward, dropout, maxPositions });
}

/** BarcodeBERT from a stored config. */
export function barcodeBertOf(config: BarcodeBertConfig): BarcodeBert {
  const tokenizer = kmerTokenizer(config.vocabulary);
  checkConfig(config, tokenizer.tokens);
  const inputs = encoderInputs(tokenizer.tokens);
  const shape = { ...config, vocabularySize: vocabularySize(config.vocabulary) };
  function readOut({ pooling = 'masked-mean', layer = config.layers }: ReadOut): Tower<string> {
    checkPooling(pooling, config.vocabulary);
    if (!Number.isInteger(layer) || layer < 0 || layer > config.layers) {
      throw new RangeError(`dna: layer must be 0 to ${config.layers}, got ${layer}`);
    }
    return tower<string>({
      dimension: config.width,
      inputs,
      notes: { ...config, pooling, layer },
      collate: (batch) => encodedTensors(tokenizer.encodeBatch(batch), batch.length, tokenizer.tokens),
      build: (_, values) => {
        const states = bertStates(values, 'bert', shape, layer);
        return poolTokens(states[layer] as Value, values['attention_mask'] as Value, pooling);
      },
    });
  }
  return {
    ...readOut({}),
    config,
    tokenizer,
    readOut,
    hidden: (_, values, layer) => bertStates(values, 'bert', shape, layer),
  };
}

/** What the encoder is fed, for a symbolic batch. */
export function encoderInputs(tokens: number): readonly ValueSpec[] {
  const shape = [batchSymbol, tokens];
  return [
    { name: 'input_ids', dtype: 'int64', shape },
    { name: 'attention_mask', dtype: 'int64', shape },
  ];
}

/** Ids and attended counts as the encoder's tensors, padded to `rows` with rows that attend to nothing. */
export function encodedTensors({ ids, attended }: EncodedBarcodes, rows: number, tokens: number): Tensors {
  const mask = new Int32Array(rows * tokens);
  for (let i = 0; i < attended.length; i++) mask.fill(1, i * tokens, i * tokens + (attended[i] as number));
  return { input_ids: widen(ids, [rows, tokens]), attention_mask: widen(mask, [rows, tokens]) };
}

/** Non-negative int32 as int64, zero-padded to the shape. */
export function widen(values: Int32Array, shape: readonly [number, number]): Tensor<'int64'> {
  const wide = new BigInt64Array(shape[0] * shape[1]);
  // Low words, little-endian as every JavaScript platform: no BigInt is made.
  const words = new Int32Array(wide.buffer);
  for (let i = 0; i < values.length; i++) words[2 * i] = values[i] as number;
  return tensor('int64', shape, wide);
}

function checkConfig(config: BarcodeBertConfig, tokens: number): void {
  const { layers, heads, width, maxPositions } = config;
  if (!Number.isInteger(layers) || layers < 0) throw new RangeError(`dna: layers must be 0 or more, got ${layers}`);
  if (width % heads !== 0) throw new RangeError(`dna: width ${width} is no multiple of ${heads} heads`);
  if (maxPositions < tokens) throw new RangeError(`dna: ${tokens} tokens, but maxPositions is ${maxPositions}`);
}
