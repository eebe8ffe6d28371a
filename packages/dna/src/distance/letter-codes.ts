import { BioscanError } from '@bioscan/core';

/** Small numbers for letters: 1, 2, … in order of first appearance, 0 for letters that do not appear. */
export interface LetterCodes {
  /** Code of a UTF-16 unit. Shared by all calls: valid until the next one. */
  readonly table: Uint8Array;
  /** One more than the largest code. */
  readonly count: number;
}

const table = /* @__PURE__ */ new Uint8Array(65_536);
let used: number[] = [];

/** Codes for the letters of some sequences. @throws BioscanError `unsupported` for more than 255 different ones. */
export function letterCodes(sequences: readonly string[]): LetterCodes {
  for (const unit of used) table[unit] = 0;
  used = [];
  for (const sequence of sequences) {
    for (let i = 0; i < sequence.length; i++) {
      const unit = sequence.charCodeAt(i);
      if (table[unit] !== 0) continue;
      if (used.length === 255) {
        throw new BioscanError(
          'unsupported',
          'dna: edit distance of a sequence, got more than 255 different letters; clean it first',
        );
      }
      used.push(unit);
      table[unit] = used.length;
    }
  }
  return { table, count: used.length + 1 };
}
