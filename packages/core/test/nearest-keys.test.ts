import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestKeys, rng, tensor, topK } from '@bioscan/core';

const random = rng(11);
const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

describe('nearestKeys', () => {
  it('agrees with a full sort of every product, across blocks and with ties in key order', () => {
    const shapes = fc.record({
      n: fc.integer({ min: 0, max: 40 }),
      q: fc.integer({ min: 0, max: 6 }),
      d: fc.integer({ min: 1, max: 5 }),
      k: fc.integer({ min: 1, max: 9 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    let compared = 0;
    fc.assert(
      fc.property(shapes, ({ n, q, d, k, seed }) => {
        const draw = rng(seed);
        // Few levels: products are exact and tie often.
        const small = (count: number): Float32Array => Float32Array.from({ length: count }, () => draw.integer(3) - 1);
        // More than a block of keys, most of them far away.
        const far = new Float32Array(700 * d);
        const keys = Float32Array.from([...small(n * d), ...far, ...small(n * d)]);
        const queries = tensor('float32', [q, d], small(q * d));
        const found = nearestKeys({ dimension: d, values: keys }, queries, k);
        for (let query = 0; query < q; query++) {
          const products = Float32Array.from({ length: keys.length / d }, (_, key) => {
            let sum = 0;
            for (let i = 0; i < d; i++) sum += (keys[key * d + i] ?? 0) * (queries.data[query * d + i] ?? 0);
            return sum;
          });
          const sorted = Array.from(products, (score, index) => ({ score, index }))
            .sort((a, b) => b.score - a.score || a.index - b.index)
            .slice(0, k);
          const row = Array.from({ length: k }, (_, i) => found.index[query * k + i]);
          expect(row).toEqual(Array.from({ length: k }, (_, i) => sorted[i]?.index ?? -1));
          compared += k;
        }
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it('reads 8-bit codes with their scales', () => {
    const codes = Int8Array.from({ length: 600 * 8 }, () => random.integer(255) - 127);
    const scales = Float32Array.from({ length: 600 }, () => 0.01 + random.uniform());
    const widened = Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / 8)] ?? 0));
    const queries = tensor('float32', [5, 8], values(40));
    const found = nearestKeys({ dimension: 8, values: codes, scales }, queries, 7);
    for (let q = 0; q < 5; q++) {
      const products = Float32Array.from({ length: 600 }, (_, key) =>
        widened
          .subarray(key * 8, key * 8 + 8)
          .reduce((sum, value, i) => sum + value * (queries.data[q * 8 + i] ?? 0), 0),
      );
      expect([...found.index.subarray(q * 7, q * 7 + 7)]).toEqual([...topK(products, 7).index]);
    }
  });

  it('never finds NaN, fills up with -1, and refuses another dimension', () => {
    const keys = { dimension: 2, values: Float32Array.of(Number.NaN, 1, 1, 0) };
    const found = nearestKeys(keys, tensor('float32', [1, 2], Float32Array.of(1, 1)), 3);
    expect([...found.index]).toEqual([1, -1, -1]);
    expect(found.score[1]).toBeNaN();
    expect(() => nearestKeys(keys, tensor('float32', [1, 3], new Float32Array(3)), 1)).toThrow('expected (n, 2)');
  });
});
