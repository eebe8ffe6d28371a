import { basicTokens } from './basic-tokens.js';

export interface TaxonomyVocabularyOptions {
  /** Most tokens in all. Default 8,192. */
  readonly size?: number;
}

/**
 * A WordPiece vocabulary for texts without a published one: the special tokens, every letter alone and inside a word, then whole words,
 * the most frequent first. A name that is not among the words is spelt in letters, so none is unknown.
 */
export function taxonomyVocabulary(
  texts: Iterable<string>,
  { size = 8192 }: TaxonomyVocabularyOptions = {},
): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of basicTokens(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const letters = [...new Set([...'abcdefghijklmnopqrstuvwxyz0123456789', ...[...counts.keys()].join('')])].sort();
  const fixed = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...letters, ...letters.map((letter) => `##${letter}`)];
  if (fixed.length > size)
    throw new RangeError(`align: vocabulary of ${size}, expected at least ${fixed.length} for its letters`);
  const words = [...counts]
    .filter(([word]) => Array.from(word).length > 1)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([word]) => word);
  return [...fixed, ...words.slice(0, size - fixed.length)];
}
