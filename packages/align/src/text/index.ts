export { decodeVocabulary } from './decode-vocabulary.js';
export {
  importTaxonomyBert,
  taxonomyBert,
  taxonomyTower,
  type ImportTaxonomyBertOptions,
  type TaxonomyBertOptions,
} from './taxonomy-bert.js';
export type { LineageTokenOptions } from './encode-lineage.js';
export { taxonomyText, type TaxonomyTextOptions } from './taxonomy-text.js';
export { taxonomyVocabulary, type TaxonomyVocabularyOptions } from './taxonomy-vocabulary.js';
export { wordPiece, type WordPiece } from './word-piece.js';
