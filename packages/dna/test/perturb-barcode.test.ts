import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { perturbBarcode } from '../src/perturb-barcode.js';

const barcode = 'ACGTTGCAAC';

describe('perturbBarcode', () => {
  it('cuts ends and never to nothing', () => {
    expect(perturbBarcode(barcode, { kind: 'drop-start', letters: 3 }, rng(1))).toBe('TTGCAAC');
    expect(perturbBarcode(barcode, { kind: 'drop-end', letters: 3 }, rng(1))).toBe('ACGTTGC');
    expect(perturbBarcode(barcode, { kind: 'drop-start', letters: 99 }, rng(1))).toBe('C');
    expect(perturbBarcode(barcode, { kind: 'drop-end', letters: 99 }, rng(1))).toBe('A');
  });

  it('keeps a window that is a stretch of the barcode', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[ACGT]{1,80}$/),
        fc.integer({ min: 1, max: 90 }),
        fc.nat(),
        (text, letters, seed) => {
          const window = perturbBarcode(text, { kind: 'window', letters }, rng(seed));
          expect(window).toHaveLength(Math.min(letters, text.length));
          expect(text).toContain(window);
        },
      ),
    );
  });

  it('changes the length by exactly one at an indel, and the rest stays in order', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ACGT]{2,60}$/), fc.nat(), (text, seed) => {
        const changed = perturbBarcode(text, { kind: 'indel' }, rng(seed));
        expect(Math.abs(changed.length - text.length)).toBe(1);
        const [short, long] = changed.length < text.length ? [changed, text] : [text, changed];
        const cuts = Array.from(long, (_, i) => long.slice(0, i) + long.slice(i + 1));
        expect(cuts).toContain(short);
      }),
    );
  });

  it('makes about the given share of letters unknown', () => {
    const text = 'ACGT'.repeat(2500);
    const changed = perturbBarcode(text, { kind: 'unknown', share: 0.1 }, rng(4));
    const unknown = changed.split('N').length - 1;
    expect(unknown).toBeGreaterThan(900);
    expect(unknown).toBeLessThan(1100);
    expect(changed).toHaveLength(text.length);
  });
});
