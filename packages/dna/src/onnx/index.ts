export { characterTokens, type CharacterTokensOptions } from './character-tokens.js';
export type { DnaTokens, TokenizedBarcode } from './dna-tokens.js';
export { huggingFaceTokens, type HuggingFaceTokensOptions } from './hugging-face-tokens.js';
export { kmerTokens } from './kmer-tokens.js';
export { onnxEncoder, type OnnxEncoderOptions } from './onnx-encoder.js';
export { onnxPoolings, type OnnxPooling } from './pool-states.js';
export { publishedEncoders, publishedRecipe, recipeKind, type PublishedEncoder } from './published-encoders.js';
export { vocabularyTokens, type VocabularyTokensOptions } from './vocabulary-tokens.js';
