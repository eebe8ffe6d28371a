import { BioscanError, type Lineage, type TrainingState } from '@bioscan/core';
import {
  importTextBert,
  textBert,
  type BertShape,
  type StateDict,
  type TextBert,
  type TokenPooling,
  type Tower,
} from '@bioscan/graph';
import { encodeLineage, type LineageTokenOptions } from './encode-lineage.js';
import { wordPiece, type WordPiece } from './word-piece.js';

export interface TaxonomyBertOptions extends LineageTokenOptions {
  /** A tokenizer, or the vocabulary of one: published with the weights, or {@link taxonomyVocabulary} to start afresh. */
  readonly vocabulary: WordPiece | readonly string[];
  /** Default: BERT-small's 4 layers, 8 heads, 512 wide, feed-forward 2048, dropout 0.1, 512 positions. */
  readonly shape?: Partial<Omit<BertShape, 'vocabularySize'>>;
  /** Of every row. Default 20, as CLIBD; `cut` says what a longer text loses. */
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
  const tokenizer = tokenizerOf(vocabulary);
  const small = { layers: 4, heads: 8, width: 512, feedForward: 2048, dropout: 0.1, maxPositions: 512 };
  const bert = textBert({ ...small, ...shape, vocabularySize: tokenizer.size }, { tokens, pooling });
  return taxonomyTower(bert, tokenizer, text);
}

export interface ImportTaxonomyBertOptions extends Omit<TaxonomyBertOptions, 'shape'> {
  /** Attention heads, which weights do not tell. Default 8, BERT-small's. */
  readonly heads?: number;
}

/**
 * Published weights, in Hugging Face's names, as a modality to be completed: `{ ...importTaxonomyBert(…), training: { kind: 'frozen' } }`.
 * @throws BioscanError `not-found` when the weights are of no BERT; `mismatch` when the vocabulary is not theirs
 */
export function importTaxonomyBert(
  state: StateDict,
  options: ImportTaxonomyBertOptions,
): { readonly tower: Tower<Lineage>; readonly weights: TrainingState } {
  const { vocabulary, heads = 8, tokens = 20, pooling = 'mean-all', ...text } = options;
  const imported = importTextBert(state, { heads, tokens, pooling });
  if (imported === undefined) {
    throw new BioscanError(
      'not-found',
      'align: taxonomy BERT, got weights without its word embeddings, expected a BERT',
    );
  }
  return { tower: taxonomyTower(imported.tower, tokenizerOf(vocabulary), text), weights: imported.state };
}

/**
 * A text BERT, such as importTextBert() of graph makes of published weights, as a tower of lineages.
 * @throws BioscanError `mismatch` when the tokenizer is of another vocabulary
 */
export function taxonomyTower(bert: TextBert, tokenizer: WordPiece, options: LineageTokenOptions = {}): Tower<Lineage> {
  const { cut = 'shallow', ...text } = options;
  const { tokens } = bert.settings;
  if (tokenizer.size !== bert.shape.vocabularySize) {
    throw new BioscanError(
      'mismatch',
      `align: text tower of ${bert.shape.vocabularySize} tokens, got a vocabulary of ${tokenizer.size}, expected the one of its weights`,
    );
  }
  return {
    dimension: bert.dimension,
    inputs: bert.inputs,
    parameters: bert.parameters,
    // Without a note: as before there was a choice.
    notes: { ...bert.notes, vocabulary: tokenizer.hash, ...text, ...(cut === 'end' ? {} : { cut }) },
    collate: (batch) => bert.collate(batch.map((lineage) => encodeLineage(tokenizer, lineage, tokens, options))),
    build: (graph, inputs) => bert.build(graph, inputs),
  };
}

function tokenizerOf(vocabulary: TaxonomyBertOptions['vocabulary']): WordPiece {
  return 'encode' in vocabulary ? vocabulary : wordPiece(vocabulary);
}
