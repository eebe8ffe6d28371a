import { rng } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateSpecies } from '../../src/splits/allocate-species.js';
import {
  testBarcodes, testRule, testTarget, testUpper, valRule, valUnseenRule, type AllocationRule,
} from '../../src/splits/allocation-rules.js'; // prettier-ignore

/** spec: n, A(n), B(n). */
const bounds = [
  [7, 0, 0], [8, 4, 4], [9, 4, 4], [11, 4, 5], [12, 5, 5], [16, 6, 6], [19, 6, 7], [20, 7, 8], [24, 8, 9], [30, 9, 11],
  [40, 12, 14], [50, 14, 18], [60, 17, 21], [80, 22, 28], [91, 24, 31], [92, 25, 32], [100, 25, 34], [200, 25, 68], [1000, 25, 334],
] as const; // prettier-ignore
const caps = [[1, 0], [2, 0], [3, 1], [4, 1], [5, 2], [7, 2], [8, 3], [11, 4], [14, 5], [20, 7], [50, 17], [100, 33]] as const; // prettier-ignore

function ones(count: number, size = 1): number[] {
  return Array.from({ length: count }, () => size);
}

/** spec, made by running the reference allocator: groups, n, T, then the sizes chosen under the three rules. */
const vectors: readonly (readonly [number[], number, number, number[], number[], number[]])[] = [
  [[8], 8, 4, [], [], []],
  [[4, 4], 8, 4, [4], [], []],
  [[1, 7], 8, 4, [], [], []],
  [ones(8), 8, 4, [1, 1, 1], [], [1]],
  [[3, 5], 8, 4, [], [], [3]],
  [[1, 1, 1, 1, 4], 8, 4, [4], [], [1]],
  [[5, 5, 5, 5], 20, 7, [5], [5], [5]],
  [[1, 1, 1, 1, 1, 20], 25, 8, [], [1], []],
  [[1, 1, 3, 5, 10, 30, 50], 100, 25, [30], [5], [30]],
  [[40, 60], 100, 25, [40], [40], [40]],
  [[25, 75], 100, 25, [], [25], [25]],
  [[26, 74], 100, 25, [26], [26], [26]],
  [ones(5, 100), 500, 25, [100], [100], [100]],
  [ones(100), 100, 25, ones(25), ones(5), ones(20)],
  [ones(6, 2), 12, 5, [2, 2], [], [2]],
];

describe('bounds of the published split', () => {
  it('has the values of functions A, B and C', () => {
    for (const [n, target, upper] of bounds) expect([n, testTarget(n), testUpper(n)]).toEqual([n, target, upper]);
    for (const [m, cap] of caps) expect([m, testBarcodes(m)]).toEqual([m, cap]);
  });
});

describe('allocateSpecies', () => {
  it.each(vectors)('chooses from %j as the reference does', (groups, n, target, test, val, valUnseen) => {
    expect(groups.reduce((a, b) => a + b)).toBe(n);
    expect(testRule.target(n)).toBe(target);
    // The vectors have one answer: no seed and no order of the groups may change it.
    for (const seed of [0, 1, 2]) {
      for (const order of [groups, groups.toReversed()]) {
        expect(sizesChosen(order, testRule, seed)).toEqual(test);
        expect(sizesChosen(order, valRule, seed)).toEqual(val);
        expect(sizesChosen(order, valUnseenRule, seed)).toEqual(valUnseen);
      }
    }
  });

  it('keeps the bounds of the test set on any species', () => {
    const species = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(species, fc.nat(), (sizes, seed) => {
        const chosen = sizesChosen(sizes, testRule, seed);
        const n = sizes.reduce((a, b) => a + b);
        const test = chosen.reduce((a, b) => a + b, 0);
        if (test === 0) return;
        expect(test).toBeGreaterThanOrEqual(3);
        expect(test).toBeLessThanOrEqual(n / 2);
        expect(test).toBeLessThanOrEqual(Math.max(testUpper(n), Math.min(...sizes)));
        expect(n).toBeGreaterThanOrEqual(8);
        expect(chosen.length).toBeLessThanOrEqual(Math.max(1, testBarcodes(sizes.length)));
      }),
      { numRuns: 500 },
    );
  });

  it('depends on its seed and on nothing else', () => {
    const sizes = Array.from({ length: 40 }, (_, i) => 1 + (i % 4));
    const picks = (seed: number): number[] => allocateSpecies(sizes, testRule, rng(seed));
    expect(picks(7)).toEqual(picks(7));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => picks(seed).join())).size).toBeGreaterThan(1);
  });
});

function sizesChosen(sizes: readonly number[], rule: AllocationRule, seed: number): number[] {
  return allocateSpecies(sizes, rule, rng(seed)).map((index) => sizes[index]!);
}
