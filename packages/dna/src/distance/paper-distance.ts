import { damerauRestrictedToAll } from './damerau-restricted.js';

export interface PaperDistanceOptions {
  /** Letters that each sequence is cut or padded to; default 625. */
  readonly length?: number;
}

/**
 * The BIOSCAN-5M paper's distance: sequences cut or padded with `-` to 625 letters, then restricted Damerau, a gap counting as a letter.
 * The paper aligned each group with MAFFT first; pass aligned strings to do the same. On ragged barcodes it measures length: compare with
 * {@link semiGlobalDistance} instead. Row i is `one` against `others[i]`.
 */
export function paperDistances(
  one: string,
  others: readonly string[],
  options: PaperDistanceOptions = {},
): Uint32Array {
  const { length = 625 } = options;
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`dna: length must be a positive integer, got ${length}`);
  }
  return damerauRestrictedToAll(
    fit(one, length),
    others.map((other) => fit(other, length)),
  );
}

function fit(sequence: string, length: number): string {
  return sequence.slice(0, length).padEnd(length, '-');
}
