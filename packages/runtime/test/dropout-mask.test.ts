import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32 } from '@bioscan/core';
import { fillDropoutMask } from '@bioscan/runtime';
import { compile } from '../assembly/build.mjs';
import { golden } from './fixtures.js';

interface MaskCase {
  readonly seed: number;
  readonly step: number;
  readonly mask: number;
  readonly rate: number;
  readonly length: number;
  readonly values: readonly number[];
}

describe('fillDropoutMask', () => {
  const cases = golden('dropout') as MaskCase[];

  it.each(cases)('seed $seed, step $step, mask $mask, rate $rate, $length elements', ({ values, ...rule }) => {
    const got = fillDropoutMask(rule.seed, rule.step, rule.mask, rule.rate, rule.length);
    expect([...got]).toEqual(values);
  });

  it('was compared on enough elements', () => {
    expect(cases.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(1300);
  });

  it('gives the beginning of a longer mask, wherever it ends', () => {
    const long = fillDropoutMask(3, 4, 5, 0.4, 200);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (length) => {
        expect(fillDropoutMask(3, 4, 5, 0.4, length)).toEqual(long.slice(0, length));
      }),
    );
  });

  it('follows its written rule on the words of core', () => {
    const unsigned = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const rates = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.maxSafeInteger(), unsigned, unsigned, rates, (seed, step, mask, rate) => {
        const got = fillDropoutMask(seed, step, mask, rate, 40);
        const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
        got.forEach((value, i) => {
          const word = philox4x32([i >>> 2, mask, step, 0x64726f70], key)[i % 4]!;
          expect(value).toBe(word / 2 ** 32 >= rate ? Math.fround(1 / (1 - rate)) : 0);
        });
      }),
    );
  });

  it('drops the share that it was told to', () => {
    const kept = fillDropoutMask(9, 0, 0, 0.1, 1_000_000).reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    // Five standard deviations of a binomial.
    expect(Math.abs(kept - 900_000)).toBeLessThan(5 * Math.sqrt(1_000_000 * 0.09));
  });

  it.each([
    [1, 0, 0, 1],
    [1, 0, 0, -0.1],
    [1, 0, 0, Number.NaN],
    [1, 2 ** 32, 0, 0.1],
    [1, 0, -1, 0.1],
    [0.5, 0, 0, 0.1],
  ])('refuses seed %d, step %d, mask %d, rate %d', (seed, step, mask, rate) => {
    expect(() => fillDropoutMask(seed, step, mask, rate, 4)).toThrow(RangeError);
  });
});

describe('the committed kernel', () => {
  it('was made from assembly/kernel.ts', async () => {
    expect(readFileSync('packages/runtime/src/generated/kernel.ts', 'utf8')).toBe(await compile());
  });
});
