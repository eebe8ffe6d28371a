import { characterTokens } from './character-tokens.js';
import type { DnaTokens } from './dna-tokens.js';
import { huggingFaceTokens } from './hugging-face-tokens.js';
import type { OnnxEncoderOptions } from './onnx-encoder.js';
import { vocabularyTokens } from './vocabulary-tokens.js';

export type PublishedEncoder = 'nucleotide-transformer' | 'hyenadna' | 'dnabert' | 'dnabert-2' | 'dnabert-s';

export const publishedEncoders: readonly PublishedEncoder[] = [
  'nucleotide-transformer',
  'hyenadna',
  'dnabert',
  'dnabert-2',
  'dnabert-s',
];

/**
 * How the tables of the BarcodeBERT papers read the encoders of others: mean over attended tokens, at most 512 of them; no specials, but for HyenaDNA, whose
 * tokenizer appends its `[SEP]`. Source: bioscan-ml/BarcodeBERT `baselines/datasets.py`.
 * @param vocabulary the text of the model's `tokenizer.json` (dnabert-2, dnabert-s) or `vocab.txt` (nucleotide-transformer, dnabert)
 * @example
 * const encoder = await onnxEncoder(bytes, runtime, publishedRecipe('dnabert-2', await readFile('tokenizer.json', 'utf8')));
 */
export function publishedRecipe(name: PublishedEncoder, vocabulary?: string): OnnxEncoderOptions {
  const shared = { pooling: 'masked-mean' } as const;
  return name === 'hyenadna'
    ? { ...shared, tokens: tokensOf(name, '') }
    : { ...shared, tokens: tokensOf(name, needed(name, vocabulary)), maxTokens: 512 };
}

/**
 * What the published weights learned from: masked or next tokens, or, as DNABERT-S, which genomes are of one species (Zhou et al. 2024). Those are other
 * species than a table's, yet names all the same.
 */
export function recipeKind(name: PublishedEncoder): 'self-supervised' | 'labels used' {
  return name === 'dnabert-s' ? 'labels used' : 'self-supervised';
}

function tokensOf(name: PublishedEncoder, vocabulary: string): DnaTokens {
  switch (name) {
    case 'hyenadna':
      return characterTokens({ after: [1] });
    case 'nucleotide-transformer':
      return vocabularyTokens(vocabulary);
    case 'dnabert':
      return vocabularyTokens(vocabulary, { reading: 'overlapping' });
    case 'dnabert-2':
    case 'dnabert-s':
      return huggingFaceTokens(vocabulary, { specials: false });
    default:
      throw new TypeError(`dna: unknown encoder ${String(name satisfies never)}`);
  }
}

function needed(name: PublishedEncoder, vocabulary: string | undefined): string {
  if (vocabulary !== undefined) return vocabulary;
  throw new TypeError(`dna: ${name} needs the text of its vocabulary file`);
}
