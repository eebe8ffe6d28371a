import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensor } from '@bioscan/core';
import { spread } from '@bioscan/eval';

describe('spread', () => {
  it('counts the axes that carry differences', () => {
    // Variances 2, 2 and 0: two equal axes.
    const cross = tensor('float32', [4, 3], Float32Array.of(2, 0, 7, -2, 0, 7, 0, 2, 7, 0, -2, 7));
    expect(spread(cross).participationRatio).toBeCloseTo(2, 12);
    const line = tensor('float32', [3, 2], Float32Array.of(1, 1, 2, 2, 3, 3));
    expect(spread(line)).toEqual({ meanCosine: expect.closeTo(1, 6), participationRatio: expect.closeTo(1, 12) });
  });

  it('agrees with the pairs one by one, and does not depend on the scale', () => {
    const rows = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 50 }), (values, scale) => {
        const x = tensor('float32', [values.length, 3], Float32Array.from(values.flat()));
        const larger = tensor(
          'float32',
          [values.length, 3],
          x.data.map((value) => value * scale),
        );
        let sum = 0;
        values.forEach((a, i) => {
          values.slice(0, i).forEach((b) => {
            const dot = (p: number[], q: number[]): number => p.reduce((all, value, j) => all + value * (q[j] ?? 0), 0);
            const norm = Math.sqrt(dot(a, a) * dot(b, b));
            sum += norm === 0 ? 0 : dot(a, b) / norm;
          });
        });
        const pairs = (values.length * (values.length - 1)) / 2;
        expect(spread(x).meanCosine).toBeCloseTo(sum / pairs, 5);
        expect(spread(larger).participationRatio).toBeCloseTo(spread(x).participationRatio, 6);
      }),
    );
  });
});
