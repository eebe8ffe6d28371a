import { rng } from '@bioscan/core';
import type { Identification } from '@bioscan/identify';
import { describe, expect, it } from 'vitest';
import { shiftVerdict } from '../src/identifier/shift-verdict.js';

describe('shiftVerdict', () => {
  const random = rng(6);
  const seen = (count: number, shift: number): Identification[] =>
    Array.from({ length: count }, () => ({
      ranks: [],
      nearest: [{ processId: 'R', lineage: {}, similarity: 0.8 + 0.05 * (random.normal() - shift), modality: 'image' }],
      unlike: { verdict: false, pValue: random.uniform() },
    }));
  const validation = {
    similarities: seen(300, 0).map(({ nearest: [near] }) => near?.similarity ?? 0),
    pValues: Array.from({ length: 300 }, () => random.uniform()),
  };
  const verdict = (photos: readonly Identification[]): ReturnType<typeof shiftVerdict> =>
    shiftVerdict(photos, { precision: 'float32', validation, shiftOf: () => 0 }, rng(2));

  it('is wrong about photos of the same kind about as often as stated, and finds what its sentence says', () => {
    let alarms = 0;
    let found = 0;
    for (let trial = 0; trial < 16; trial++) {
      if (verdict(seen(30, 0)).verdict === 'shifted') alarms++;
      if (verdict(seen(30, 1)).verdict === 'shifted') found++;
    }
    expect(alarms).toBeLessThan(5);
    expect(found).toBeGreaterThan(11);
    expect(verdict(seen(30, 0)).sentences[1]).toMatch(/below (?:0\.[5-9]|1\.[0-2]) standard deviations/u);
  }, 60_000);

  it('says when there are too few photos', () => {
    expect(verdict(seen(5, 3))).toMatchObject({ verdict: 'too few photos to tell' });
    expect(verdict(seen(5, 3)).sentences).toEqual([
      expect.stringMatching(/^Too few photos to tell a shift: 5 against 300/u),
    ]);
  });
});
