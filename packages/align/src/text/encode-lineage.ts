import type { Lineage } from '@bioscan/core';
import type { TokenIds } from '@bioscan/graph';
import { settleTaxonomyText, taxonomyNames, type TaxonomyTextOptions } from './taxonomy-text.js';
import type { WordPiece } from './word-piece.js';

export interface LineageTokenOptions extends TaxonomyTextOptions {
  /**
   * What a text loses that is too long: `shallow` (default), the names of its shallowest ranks, so that genus and species stay; `end`, its last
   * tokens, as CLIBD: with 20 of them the species goes first.
   */
  readonly cut?: 'shallow' | 'end';
}

/** Ids of a lineage's text, at most `tokens` of them. A deepest name that is too long by itself loses its end. */
export function encodeLineage(
  tokenizer: WordPiece,
  lineage: Lineage,
  tokens: number,
  { cut = 'shallow', ...text }: LineageTokenOptions = {},
): TokenIds {
  const names = taxonomyNames(lineage, settleTaxonomyText(text));
  if (cut === 'end') return tokenizer.encode(names.join(' '), tokens);
  for (let from = 0; from < names.length - 1; from++) {
    const ids = tokenizer.encode(names.slice(from).join(' '));
    if (ids.length <= tokens) return ids;
  }
  return tokenizer.encode(names.at(-1) ?? '', tokens);
}
