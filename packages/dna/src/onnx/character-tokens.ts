import type { DnaTokens } from './dna-tokens.js';

export interface CharacterTokensOptions {
  /** Letters in the order of their ids. Default `ACGTN`. */
  readonly letters?: string;
  /** Id of the first letter. Default 7, as HyenaDNA. */
  readonly firstId?: number;
  /** Of other letters. Default 6. */
  readonly unknownId?: number;
  /** Default 4. */
  readonly padId?: number;
  /** Ids in front of every barcode. Default: none. */
  readonly before?: readonly number[];
  /** Ids behind every barcode. Default: none; HyenaDNA's own tokenizer appends `[SEP]`, 1. */
  readonly after?: readonly number[];
}

/** A token a letter. The defaults are HyenaDNA's ids (Nguyen et al. 2023), without its `[SEP]`. */
export function characterTokens(options: CharacterTokensOptions = {}): DnaTokens {
  const { letters = 'ACGTN', firstId = 7, unknownId = 6, padId = 4, before = [], after = [] } = options;
  if (letters.length === 0 || new Set(letters).size !== letters.length) {
    throw new RangeError(`dna: characterTokens, got letters '${letters}', expected different ones`);
  }
  const ids = new Map([...letters].map((letter, i) => [letter, firstId + i]));
  const specials = before.length + after.length > 0;
  return {
    name: 'characters',
    settings: { letters, firstId, specials },
    padId,
    tokenize: (barcode) => ({ before, content: Array.from(barcode, (letter) => ids.get(letter) ?? unknownId), after }),
  };
}
