export { ambiguityCount, reverseComplement } from './alphabet.js';
export { cleanBarcode, type CleanedBarcode, type CleaningPolicy } from './clean-barcode.js';
export {
  checkVocabulary,
  kmerVocabulary,
  tokenCount,
  vocabularySize,
  type KmerOrder,
  type VocabularyDescriptor,
  type VocabularyName,
  type VocabularyOptions,
} from './vocabulary.js';
export {
  kmerTokenizer,
  type EncodeBatchOptions,
  type EncodedBarcode,
  type EncodedBarcodes,
  type EncodeOptions,
  type KmerTokenizer,
} from './kmer-tokenizer.js';
