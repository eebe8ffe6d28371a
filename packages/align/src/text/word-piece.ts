import { BioscanError, sha256 } from '@bioscan/core';
import type { TokenIds } from '@bioscan/graph';
import { basicTokens } from './basic-tokens.js';

/** Text to ids of a BERT vocabulary. */
export interface WordPiece {
  /** How many tokens there are. */
  readonly size: number;
  /** SHA-256 of the vocabulary, one token a line. */
  readonly hash: string;
  /** Ids between those of [CLS] and [SEP], at most `tokens` in all: longer texts lose their end, not [SEP]. */
  encode(text: string, tokens?: number): TokenIds;
}

/** Words of more letters become [UNK]. */
const longestWord = 100;

/**
 * WordPiece as uncased BERT has it (Devlin et al. 2019): clean, lower case, no accents, words and punctuation apart, then the longest known
 * prefix again and again. Text that spells a special token is text. Ids are places in the vocabulary.
 * @throws BioscanError `bad-input` for a vocabulary without the special tokens or with a token twice
 */
export function wordPiece(vocabulary: readonly string[]): WordPiece {
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  checkVocabulary(vocabulary, ids);
  const [unknown, first, last] = ['[UNK]', '[CLS]', '[SEP]'].map((token) => ids.get(token)) as [number, number, number];
  const known = new Map<string, readonly number[]>();
  function pieces(word: string): readonly number[] {
    const before = known.get(word);
    if (before !== undefined) return before;
    const found = piecesOf(word, ids) ?? [unknown];
    // Names come again and again; a bound keeps hostile input from filling memory.
    if (known.size < 100_000) known.set(word, found);
    return found;
  }
  return {
    size: vocabulary.length,
    hash: sha256(vocabulary.join('\n')),
    encode: (text, tokens = Infinity) => [
      first,
      ...basicTokens(text)
        .flatMap(pieces)
        .slice(0, tokens - 2),
      last,
    ],
  };
}

function piecesOf(word: string, ids: ReadonlyMap<string, number>): readonly number[] | undefined {
  const letters = Array.from(word);
  if (letters.length > longestWord) return undefined;
  const found: number[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    let id: number | undefined;
    for (; end > start; end--) {
      id = ids.get((start > 0 ? '##' : '') + letters.slice(start, end).join(''));
      if (id !== undefined) break;
    }
    if (id === undefined) return undefined;
    found.push(id);
    start = end;
  }
  return found;
}

function checkVocabulary(vocabulary: readonly string[], ids: ReadonlyMap<string, number>): void {
  if (ids.size < vocabulary.length) {
    const again = vocabulary.findIndex((token, id) => ids.get(token) !== id);
    throw bad(
      `token '${vocabulary[again] ?? ''}' twice, at ${again} and ${ids.get(vocabulary[again] ?? '') ?? ''}`,
      'each once',
    );
  }
  if (vocabulary[0] !== '[PAD]')
    throw bad(`'${vocabulary[0] ?? ''}' as the first token`, '[PAD], which towers pad with');
  const missing = ['[UNK]', '[CLS]', '[SEP]'].find((token) => !ids.has(token));
  if (missing !== undefined) throw bad(`no ${missing} among ${vocabulary.length} tokens`, 'a BERT vocabulary');
}

function bad(got: string, expected: string): BioscanError {
  return new BioscanError('bad-input', `align: WordPiece vocabulary, got ${got}, expected ${expected}`);
}
