import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barcodeHash, barcodeKey, sha256 } from '@bioscan/core';

describe('sha256', () => {
  it('agrees with node:crypto at every length around the block borders, and on any text', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });
});

describe('barcodeKey', () => {
  it('upper-cases, takes gaps out and N off both ends only', () => {
    expect(barcodeKey('nn--acNgt-nN\n')).toBe('ACNGT');
    expect(barcodeKey('NNNN')).toBe('');
    expect(barcodeKey('ACGT')).toBe('ACGT');
  });

  it('is idempotent, and the hash sees only the key', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ACGTNacgtn-R') });
    fc.assert(
      fc.property(letters, (sequence) => {
        const key = barcodeKey(sequence);
        expect(barcodeKey(key)).toBe(key);
        expect(barcodeHash(`NN-${sequence.toLowerCase()}n`)).toBe(barcodeHash(sequence));
      }),
    );
    expect(barcodeHash('ACGT')).toBe(createHash('sha256').update('ACGT').digest('hex').slice(0, 16));
  });
});
