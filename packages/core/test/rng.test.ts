import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32, rng } from '@bioscan/core';

type Words4 = [number, number, number, number];

/** Known answers of the Random123 distribution (kat_vectors, philox4x32-10). */
const knownAnswers: { counter: Words4; key: [number, number]; expected: Words4 }[] = [
  { counter: [0, 0, 0, 0], key: [0, 0], expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

describe('philox4x32', () => {
  it.each(knownAnswers)('gives the published words for counter $counter', ({ counter, key, expected }) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe('rng', () => {
  it('repeats its numbers for the same seed and goes back by position', () => {
    const random = rng(7);
    const first = Array.from({ length: 9 }, () => random.uniform());
    random.position = 0;
    expect(Array.from({ length: 9 }, () => random.uniform())).toEqual(first);
    expect(rng(8).uniform()).not.toBe(first[0]);
  });

  it('splits into streams that do not depend on how much was drawn', () => {
    const fresh = rng(1).split('batches').uniform();
    const used = rng(1);
    used.uniform();
    expect(used.split('batches').uniform()).toBe(fresh);
    expect(used.split('masks').uniform()).not.toBe(fresh);
    expect(used.split(1).uniform()).not.toBe(used.split('1').uniform());
  });

  it('draws integers evenly: chi-square of 6 faces over 60,000 throws below the 0.1 % point', () => {
    const random = rng(3);
    const faces = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) {
      const face = random.integer(6);
      faces[face] = (faces[face] ?? 0) + 1;
    }
    const chiSquare = faces.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(20.5);
  });

  it('draws normals of mean 0 and variance 1', () => {
    const random = rng(11);
    const draws = Array.from({ length: 40_000 }, () => random.normal());
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it('shuffles into a permutation, for any seed and length', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(fc.integer()), (seed, items) => {
        const shuffled = rng(seed).shuffle([...items]);
        expect([...shuffled].sort()).toEqual([...items].sort());
      }),
    );
  });

  it('refuses seeds and bounds that it cannot honour', () => {
    expect(() => rng(0.5)).toThrow(TypeError);
    expect(() => rng(1).integer(0)).toThrow(RangeError);
    expect(() => rng(1).integer(2 ** 33)).toThrow(RangeError);
  });
});
