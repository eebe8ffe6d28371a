import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ambiguityCount, cleanBarcode, reverseComplement } from '@bioscan/dna';

describe('cleanBarcode', () => {
  it('clean folds case, reads U as T, strips gaps and white space, and counts what it did', () => {
    expect(cleanBarcode('--ac gu\nNR.ACGU~\t', 'clean')).toEqual({
      sequence: 'ACGTNRACGT',
      changed: true,
      upperCased: 4,
      uracils: 2,
      gaps: 4,
      whiteSpace: 3,
      ambiguous: 2,
    });
  });

  it('strict-upstream changes nothing', () => {
    const odd = ' acgu-N\n';
    expect(cleanBarcode(odd, 'strict-upstream')).toMatchObject({
      sequence: odd,
      changed: false,
      gaps: 0,
      ambiguous: 1,
    });
  });

  it('is idempotent, accounts for every letter and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const once = cleanBarcode(text, 'clean');
        expect(cleanBarcode(once.sequence, 'clean')).toMatchObject({ sequence: once.sequence, changed: false });
        expect(once.sequence.length + once.gaps + once.whiteSpace).toBe(text.length);
        expect(once.sequence).not.toMatch(/[a-zU\-.~\s]/);
      }),
    );
  });
});

describe('reverseComplement and ambiguityCount', () => {
  it('know the IUPAC codes, keep case and leave foreign signs alone', () => {
    expect(reverseComplement('ACGTURYSWKMBDHVN')).toBe('NBDHVKMWSRYAACGT');
    expect(reverseComplement('acgt-ryX')).toBe('Xry-acgt');
    expect(ambiguityCount('ACGTUacgtu- .')).toBe(0);
    expect(ambiguityCount('NnRYx?é')).toBe(7);
  });

  it('taking the strand twice gives the barcode back, and keeps the ambiguity', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ACGTRYSWKMBDHVNacgtn-'.split('')), maxLength: 20_000 });
    fc.assert(
      fc.property(letters, (sequence) => {
        const other = reverseComplement(sequence);
        expect(reverseComplement(other)).toBe(sequence);
        expect(ambiguityCount(other)).toBe(ambiguityCount(sequence));
      }),
      { numRuns: 30 },
    );
  });
});
