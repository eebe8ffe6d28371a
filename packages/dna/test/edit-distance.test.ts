import { readFileSync } from 'node:fs';
import { isBioscanError } from '@bioscan/core';
import {
  damerauRestricted,
  damerauRestrictedPairs,
  damerauRestrictedToAll,
  levenshtein,
  paperDistances,
} from '@bioscan/dna/distance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../assembly/build.mjs';

interface Golden {
  readonly edits: readonly {
    readonly a: string;
    readonly b: string;
    readonly osa: number;
    readonly levenshtein: number;
  }[];
}
const golden = JSON.parse(readFileSync('fixtures/dna/distance.json', 'utf8')) as Golden;

/** The textbook recurrence, three rows. */
function plainOsa(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

const bases = fc.constantFrom('A', 'C', 'G', 'T');
function sequence(length: number): fc.Arbitrary<string> {
  return fc.array(bases, { minLength: length, maxLength: length }).map((letters) => letters.join(''));
}

/** A sequence and another made from it by swaps of neighbours and substitutions, so that transpositions matter. */
function relatives(length: number): fc.Arbitrary<[string, string]> {
  const edits = fc.array(fc.tuple(fc.nat(Math.max(0, length - 1)), fc.boolean(), bases), { maxLength: length >> 3 });
  return fc.tuple(sequence(length), edits).map(([a, changes]) => {
    const letters = [...a];
    for (const [at, swap, base] of changes) {
      if (!swap) letters[at] = base;
      else if (at + 1 < length) [letters[at], letters[at + 1]] = [letters[at + 1]!, letters[at]!];
    }
    return [a, letters.join('')];
  });
}

describe('restricted Damerau distance', () => {
  it('equals rapidfuzz, at block borders, beyond 1,024 letters, with other letters and case', () => {
    expect(golden.edits.length).toBeGreaterThan(30);
    expect(new Set(golden.edits.map(({ a }) => a.length))).toContain(1555);
    for (const { a, b, osa } of golden.edits) {
      expect(damerauRestricted(a, b), `${a.length} against ${b.length}`).toBe(osa);
      expect(damerauRestricted(b, a)).toBe(osa);
    }
  });

  it.each([0, 1, 2, 63, 64, 65, 127, 128, 129])('equals the plain recurrence at %i letters', (length) => {
    fc.assert(
      fc.property(relatives(length), fc.nat(140).chain(sequence), ([a, b], c) => {
        expect(damerauRestrictedToAll(a, [b, c, '', a])).toEqual(
          Uint32Array.of(plainOsa(a, b), plainOsa(a, c), length, 0),
        );
      }),
      { numRuns: 40 },
    );
  });

  it.each([658, 1024, 1555])('equals the plain recurrence at %i letters', (length) => {
    fc.assert(
      fc.property(relatives(length), ([a, b]) => {
        expect(damerauRestricted(a, b)).toBe(plainOsa(a, b));
      }),
      { numRuns: 3 },
    );
  });

  it('compares any letters, and takes each sequence for itself', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 90 }),
        fc.array(fc.string({ maxLength: 90 }), { maxLength: 5 }),
        (a, others) => {
          expect([...damerauRestrictedToAll(a, others)]).toEqual(others.map((other) => plainOsa(a, other)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('compares all pairs, row by row, in the order of their rows', () => {
    const iupac = fc
      .array(fc.constantFrom(...'ACGTRYSWKMBDHVN'), { maxLength: 200 })
      .map((letters) => letters.join(''));
    const mixed = fc.oneof(
      iupac,
      relatives(150).map(([a, b]) => b + a.slice(3, 40)),
    );
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 6 }), relatives(140), fc.nat(8), (texts, [one, other], cut) => {
        const all = [one, ...texts, other, other.slice(cut), ''];
        const expected = all.flatMap((a, i) => all.slice(i + 1).map((b) => plainOsa(a, b)));
        expect([...damerauRestrictedPairs(all)]).toEqual(expected);
        const middle = Math.min(cut, all.length);
        const [before, after] = [{ to: middle }, { from: middle }].map((rows) => damerauRestrictedPairs(all, rows));
        expect([...before!, ...after!]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(() => damerauRestrictedPairs(['A'], { from: 2 })).toThrow(RangeError);
    expect([...damerauRestrictedPairs([])]).toEqual([]);
  });

  it('is exact where the best way shifts far and back, or ends far off the diagonal', () => {
    for (const shift of [1, 2, 30, 63, 64, 65, 200]) {
      const core = Array.from({ length: 400 }, (_, i) => 'ACGT'[(i * i * 7 + (i >> 3)) & 3]).join('');
      const block = Array.from({ length: shift }, (_, i) => 'TGCA'[(i * 5 + (i >> 2)) & 3]).join('');
      const forms = [core, block + core, core + block, core.slice(0, 200) + block + core.slice(200)];
      const texts = [...forms, block + core.slice(0, -shift), core.slice(shift) + block, block];
      const expected = texts.flatMap((a, i) => texts.slice(i + 1).map((b) => plainOsa(a, b)));
      expect([...damerauRestrictedPairs(texts)]).toEqual(expected);
    }
  });

  it('is symmetric, bounded by length, and not above Levenshtein', () => {
    fc.assert(
      fc.property(fc.nat(80).chain(sequence), fc.nat(80).chain(sequence), (a, b) => {
        const distance = damerauRestricted(a, b);
        expect(damerauRestricted(b, a)).toBe(distance);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(levenshtein(a, b));
        expect(levenshtein(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('is no metric: CA, AC, ABC break the triangle inequality', () => {
    expect(damerauRestricted('CA', 'AC') + damerauRestricted('AC', 'ABC')).toBe(2);
    expect(damerauRestricted('CA', 'ABC')).toBe(3);
  });

  it('refuses what its tables cannot hold', () => {
    const manyLetters = Array.from({ length: 256 }, (_, i) => String.fromCharCode(200 + i)).join('');
    expect(refusal(() => damerauRestricted(manyLetters, 'ACGT'))).toMatch(/255 different letters/);
    expect(damerauRestricted(manyLetters.slice(1), manyLetters.slice(2))).toBe(1);
    expect(refusal(() => damerauRestricted('ACGT', 'A'.repeat(16_385)))).toMatch(/16385 letters/);
    expect(refusal(() => damerauRestrictedPairs([manyLetters.slice(0, 200), manyLetters.slice(200)]))).toMatch(/255/);
    expect([...damerauRestrictedPairs([manyLetters.slice(1), manyLetters.slice(2)])]).toEqual([1]);
    expect(damerauRestricted('ACGT', 'ACTG')).toBe(1);
  });

  it('runs the kernel that its source compiles to', async () => {
    expect(readFileSync('packages/dna/src/generated/distance-kernel.ts', 'utf8')).toBe(await compile());
  });
});

describe('levenshtein', () => {
  it('equals rapidfuzz', () => {
    for (const { a, b, levenshtein: expected } of golden.edits) expect(levenshtein(a, b)).toBe(expected);
  });

  it('keeps the triangle inequality', () => {
    const text = fc.nat(40).chain(sequence);
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(levenshtein(a, c)).toBeLessThanOrEqual(levenshtein(a, b) + levenshtein(b, c));
      }),
    );
  });
});

describe('paper distance', () => {
  it('cuts and pads to 625, and so measures length', () => {
    const barcode = 'ACGTTGCA'.repeat(90).slice(0, 658);
    expect([...paperDistances(barcode, [barcode, barcode.slice(0, 625), barcode.slice(0, 600), ''])]).toEqual([
      0, 0, 25, 625,
    ]);
    expect([...paperDistances('ACGT', ['AGCT', 'ACG'], { length: 4 })]).toEqual([1, 1]);
    expect(() => paperDistances('A', ['A'], { length: 0 })).toThrow(RangeError);
  });
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isBioscanError(error) && error.code === 'unsupported') return error.message;
    throw error;
  }
  return '';
}
