import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topK } from '@bioscan/core';

describe('topK', () => {
  it('agrees with a full stable sort, ties in order of position', () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true })), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 12 }), (values, k) => {
        const data = Float32Array.from(values);
        const sorted = Array.from(data, (score, index) => ({ score, index })).sort(
          (a, b) => b.score - a.score || a.index - b.index,
        );
        const found = topK(data, k);
        const size = Math.min(k, data.length);
        expect(Array.from(found.index.subarray(0, size))).toEqual(sorted.slice(0, size).map((item) => item.index));
        expect(Array.from(found.index.subarray(size)).every((index) => index === -1)).toBe(true);
      }),
    );
  });

  it('never chooses NaN', () => {
    const found = topK(Float32Array.of(Number.NaN, 1, Number.NaN, 2), 3);
    expect(Array.from(found.index)).toEqual([3, 1, -1]);
    expect(Array.from(found.score)).toEqual([2, 1, Number.NaN]);
  });
});
