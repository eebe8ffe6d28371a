import type { Lineage } from '@bioscan/core';
import { textBert, type BertShape, type TextBert, type TokenPooling, type Tower } from '@bioscan/graph';
import { taxonomyText, type TaxonomyTextOptions } from './taxonomy-text.js';
import { wordPiece, type WordPiece } from './word-piece.js';

export interface TaxonomyBertOptions extends TaxonomyTextOptions {
  /** A tokenizer, or the vocabulary of one: published with the weights, or {@link taxonomyVocabulary} to start afresh. */
  readonly vocabulary: WordPiece | readonly string[];
  /** Default: BERT-small's 4 layers, 8 heads, 512 wide, feed-forward 2048, dropout 0.1, 512 positions. */
  readonly shape?: Partial<Omit<BertShape, 'vocabularySize'>>;
  /** Of every row. Default 20, as CLIBD. */
  readonly tokens?: number;
  /** Default `mean-all`, as CLIBD: over all positions, padding included; `masked-mean` leaves it out. */
  readonly pooling?: TokenPooling;
}

/**
 * BERT-small over taxonomy strings as a tower of lineages, as CLIBD's text encoder (without its linear layer, which is the projection).
 * Parameters have Hugging Face's names below `bert.`.
 * @example
 * const text = taxonomyBert({ vocabulary: decodeVocabulary(bytes) });
 */
export function taxonomyBert(options: TaxonomyBertOptions): Tower<Lineage> {
  const { vocabulary, shape = {}, tokens = 20, pooling = 'mean-all', ...text } = options;
  const tokenizer = 'encode' in vocabulary ? vocabulary : wordPiece(vocabulary);
  const small = { layers: 4, heads: 8, width: 512, feedForward: 2048, dropout: 0.1, maxPositions: 512 };
  const bert = textBert({ ...small, ...shape, vocabularySize: tokenizer.size }, { tokens, pooling });
  return taxonomyTower(bert, tokenizer, text);
}

/**
 * A text BERT, such as importTextBert() of graph makes of published weights, as a tower of lineages.
 * @throws RangeError when the tokenizer is of another vocabulary
 */
export function taxonomyTower(bert: TextBert, tokenizer: WordPiece, options: TaxonomyTextOptions = {}): Tower<Lineage> {
  const { tokens } = bert.settings;
  if (tokenizer.size !== bert.shape.vocabularySize) {
    throw new RangeError(
      `align: text tower of ${bert.shape.vocabularySize} tokens with a vocabulary of ${tokenizer.size}`,
    );
  }
  return {
    dimension: bert.dimension,
    inputs: bert.inputs,
    parameters: bert.parameters,
    notes: { ...bert.notes, vocabulary: tokenizer.hash, ...options },
    collate: (batch) => bert.collate(batch.map((lineage) => tokenizer.encode(taxonomyText(lineage, options), tokens))),
    build: (graph, inputs) => bert.build(graph, inputs),
  };
}
