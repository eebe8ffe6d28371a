import { describe, expect, it } from 'vitest';
import { basesOf, isUnambiguous } from '@bioscan/core';

/** Cornish-Bowden 1985. */
const codes = { A: 'A', C: 'C', G: 'G', T: 'T', U: 'T', R: 'AG', Y: 'CT', S: 'CG', W: 'AT', K: 'GT', M: 'AC', B: 'CGT', D: 'AGT', H: 'ACT', V: 'ACG', N: 'ACGT' }; // prettier-ignore

describe('basesOf', () => {
  it('has a bit for each base that a code stands for', () => {
    for (const [letter, bases] of Object.entries(codes)) {
      const bits = [...bases].reduce((sum, base) => sum + 2 ** 'ACGT'.indexOf(base), 0);
      expect([letter, basesOf(letter.charCodeAt(0))]).toEqual([letter, bits]);
      expect(isUnambiguous(letter.charCodeAt(0))).toBe(bases.length === 1);
    }
    for (const stranger of ['?', 'é', '-', 'X']) expect(basesOf(stranger.charCodeAt(0))).toBe(15);
  });
});
