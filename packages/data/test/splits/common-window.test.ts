import { rng, type Rng } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCommonWindow, groupViews } from '../../src/splits/common-window.js';
import { placeBarcodes } from '../../src/splits/place-barcodes.js';
import { sequence } from './made-up-records.js';

/** Barcodes of one gene: mutated copies of a 300-letter ancestor, `before` letters missing or extra at the front. */
function relatives(random: Rng, count: number): { barcodes: string[]; starts: number[] } {
  const whole = sequence(random, 340);
  const barcodes: string[] = [];
  const starts: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = i % 3 === 0 ? random.integer(60) - 20 : 0;
    const end = i % 3 === 0 ? 300 - random.integer(60) : 300;
    const letters = [...whole.slice(20 + start, 20 + end)];
    for (let m = 0; m < letters.length / 10; m++) letters[random.integer(letters.length)] = 'ACGT'[random.integer(4)]!;
    barcodes.push(letters.join(''));
    starts.push(start);
  }
  return { barcodes, starts };
}

describe('placeBarcodes', () => {
  it('finds ragged starts at 10 % divergence, through an insertion, and refuses strangers', () => {
    const random = rng(5);
    const { barcodes, starts } = relatives(random, 120);
    expect([...placeBarcodes(barcodes).starts]).toEqual(starts);
    const long = barcodes[1]!;
    const strangers = [
      `${long.slice(0, 200)}GGA${long.slice(200)}`,
      `${long.slice(0, 80)}GGA${long.slice(80)}`,
      sequence(random, 300),
    ];
    const placed = placeBarcodes([...barcodes, ...strangers]).starts;
    expect([...placed].slice(-3)).toEqual([0, -3, Number.NaN]);
  });
});

describe('findCommonWindow', () => {
  it('takes the stretch that most records fill, and whoever fills it with enough letters', () => {
    const random = rng(6);
    const whole = sequence(random, 300);
    const barcodes = [
      whole,
      whole.slice(30),
      whole.slice(0, 260),
      whole.slice(100, 200),
      `${whole.slice(0, 100)}NNN${whole.slice(103)}`,
    ];
    const { start, width, views } = findCommonWindow(barcodes, [1, 1, 1, 1, 1], 200);
    expect([start, width]).toEqual([30, 204]);
    expect(views).toEqual([
      whole.slice(30, 234),
      whole.slice(30, 234),
      whole.slice(30, 234),
      undefined,
      barcodes[4]!.slice(30, 234),
    ]);
    // Two Ns more, and fewer than 200 letters are left.
    expect(
      findCommonWindow([...barcodes, barcodes[4]!.replace('NNN', 'NNNNN')], [1, 1, 1, 1, 1, 1], 200).views[5],
    ).toBeUndefined();
  });
});

describe('groupViews', () => {
  it('makes the groups of brute force over compatible pairs', () => {
    const letters = fc.constantFrom('A', 'C', 'N', 'R', 'M');
    const views = fc.array(fc.array(letters, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 40 });
    let merged = 0;
    fc.assert(
      fc.property(views, fc.nat(), (made, seed) => {
        const texts = made.map((one) => limitAmbiguity(one, rng(seed)));
        const groups = [...groupViews(texts, 4)];
        const expected = bruteForce(texts);
        merged += texts.length - new Set(expected).size;
        expect(groups).toEqual(expected);
      }),
    );
    expect(merged).toBeGreaterThan(100);
  });
});

/** At most 4 ambiguous letters of 12, and few distinct backgrounds, so that views meet. */
function limitAmbiguity(letters: readonly string[], random: Rng): string {
  const background = 'ACACACACACAC'.slice(random.integer(3)).padEnd(12, 'C');
  let left = 4;
  return letters
    .map((letter, i) =>
      'NRM'.includes(letter) && left-- > 0 ? letter : i === 5 && letter === 'C' ? 'G' : background.charAt(i),
    )
    .join('');
}

function bruteForce(texts: readonly string[]): number[] {
  const bases: Record<string, string> = { A: 'A', C: 'C', G: 'G', T: 'T', N: 'ACGT', R: 'AG', M: 'AC' };
  const groups = [...texts.keys()];
  for (let round = 0; round < texts.length; round++) {
    for (const [i, a] of texts.entries()) {
      for (const [j, b] of texts.entries()) {
        const fits = [...a].every((letter, at) =>
          [...bases[letter]!].some((base) => bases[b.charAt(at)]!.includes(base)),
        );
        if (fits) groups[i] = groups[j] = Math.min(groups[i]!, groups[j]!);
      }
    }
  }
  return groups;
}
