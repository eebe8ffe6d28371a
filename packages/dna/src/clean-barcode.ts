import { ambiguityCount } from './alphabet.js';

/**
 * `strict-upstream` changes nothing, as BarcodeBERT's own code: lower case, gaps and U then become unknown tokens.
 * `clean` upper-cases, reads U as T, and takes out gaps and white space; other letters stay and become unknown tokens.
 */
export type CleaningPolicy = 'strict-upstream' | 'clean';

/** A barcode after cleaning, and what was done to it; counts are letters. */
export interface CleanedBarcode {
  readonly sequence: string;
  readonly changed: boolean;
  readonly upperCased: number;
  readonly uracils: number;
  /** Gap signs removed: `-`, `.`, `~`. */
  readonly gaps: number;
  readonly whiteSpace: number;
  /** Letters of the result that do not name one base (N, other IUPAC codes, foreign letters); see {@link ambiguityCount}. */
  readonly ambiguous: number;
}

const pureBases = /^[ACGT]*$/;

/**
 * Applies a cleaning policy and says what it did. Never throws: what no policy understands is left to the tokenizer as unknown.
 * Linear; pure upper-case A, C, G, T returns at once.
 */
export function cleanBarcode(sequence: string, policy: CleaningPolicy = 'clean'): CleanedBarcode {
  switch (policy) {
    case 'strict-upstream':
      return untouched(sequence);
    case 'clean':
      return pureBases.test(sequence) ? untouched(sequence) : cleaned(sequence);
    default:
      throw new TypeError(`dna: unknown cleaning policy ${String(policy satisfies never)}`);
  }
}

function untouched(sequence: string): CleanedBarcode {
  const ambiguous = ambiguityCount(sequence);
  return { sequence, changed: false, upperCased: 0, uracils: 0, gaps: 0, whiteSpace: 0, ambiguous };
}

function cleaned(original: string): CleanedBarcode {
  const withoutSpace = original.replace(/\s+/g, '');
  const withoutGaps = withoutSpace.replace(/[-.~]+/g, '');
  // Only ASCII: toUpperCase() would turn 'ß' into two letters.
  const upper = withoutGaps.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const sequence = upper.replaceAll('U', 'T');
  return {
    sequence,
    changed: sequence !== original,
    upperCased: count(withoutGaps, /[a-z]/g),
    uracils: count(upper, /U/g),
    gaps: withoutSpace.length - withoutGaps.length,
    whiteSpace: original.length - withoutSpace.length,
    ambiguous: ambiguityCount(sequence),
  };
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}
