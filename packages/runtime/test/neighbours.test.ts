import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { embeddingsOf, rng, tensor, type Embeddings, type EncoderProvenance } from '@bioscan/core';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { floats, golden } from './fixtures.js';

const runtime = openRuntime({ threads: 2 });
afterAll(() => runtime.close());

function source(dimension: number): EncoderProvenance {
  return { id: 'test', modality: 'dna', dimension, settings: {} };
}

function rows(
  prefix: string,
  vectors: readonly (readonly number[])[],
  dimension = vectors[0]?.length ?? 3,
): Embeddings {
  const ids = vectors.map((_, i) => `${prefix}${i}`);
  return embeddingsOf(
    { ids, vectors: tensor('float32', [ids.length, dimension], Float32Array.from(vectors.flat())) },
    source(dimension),
  );
}

/** The same rows in blocks of uneven sizes. */
function uneven(embeddings: Embeddings): Embeddings {
  const { dimension } = embeddings;
  return {
    ...embeddings,
    async *blocks() {
      for await (const { ids, vectors } of embeddings.blocks()) {
        for (let from = 0, size = 1; from < ids.length; from += size, size = (size * 2) % 7) {
          const part = ids.slice(from, from + size);
          const data = vectors.data.slice(from * dimension, (from + part.length) * dimension);
          yield { ids: part, vectors: tensor('float32', [part.length, dimension], data) };
        }
      }
    },
  };
}

/** Every product, sorted: the plain definition, in float64. */
function fullSort(scores: readonly number[], k: number): number[] {
  const order = scores.map((_, i) => i).filter((i) => scores[i]! > -Infinity);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return Array.from({ length: k }, (_, i) => order[i] ?? -1);
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

interface Golden {
  readonly index: readonly (readonly number[])[];
  readonly score: readonly (readonly number[])[];
}

describe('exactNeighbours agrees with scikit-learn', () => {
  const fixture = golden('neighbours') as { k: number; keys: string; queries: string; cosine: Golden; dot: Golden };
  const { k } = fixture;
  const block = (prefix: string, text: string): Embeddings => {
    const data = floats(text);
    const ids = Array.from({ length: data.length / 24 }, (_, i) => `${prefix}${i}`);
    return embeddingsOf({ ids, vectors: tensor('float32', [ids.length, 24], data) }, source(24));
  };

  it.each(['cosine', 'dot'] as const)('%s', async (metric) => {
    const [queries, keys] = [block('q', fixture.queries), block('k', fixture.keys)];
    for (const blockSize of [4096, 64, 40, 5]) {
      const found = await exactNeighbours(runtime, queries, uneven(keys), { k, metric, blockSize });
      expect([...found.index]).toEqual(fixture[metric].index.flat());
      const expected = fixture[metric].score.flat();
      expect(expected).toHaveLength(280);
      found.score.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(5e-6);
      });
      expect(found).toMatchObject({ k, higherIsNearer: true, zeroVectors: { queries: 0, keys: 0 } });
      expect(found.keyIds).toHaveLength(150);
    }
  });
});

const vector = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 });
const vectors = fc.array(vector, { minLength: 1, maxLength: 40 });

describe('exactNeighbours equals a full sort', () => {
  it('for dot products, ties in key order, any block size', async () => {
    const size = fc.integer({ min: 1, max: 50 });
    await fc.assert(
      fc.asyncProperty(vectors, vectors, size, size, async (queries, keys, k, blockSize) => {
        const found = await exactNeighbours(runtime, rows('q', queries), rows('k', keys), {
          k,
          metric: 'dot',
          blockSize,
        });
        const expected = queries.flatMap((query) =>
          fullSort(
            keys.map((key) => dot(query, key)),
            k,
          ),
        );
        expect([...found.index]).toEqual(expected);
        found.score.forEach((score, i) => {
          const key = keys[found.index[i]!];
          if (key === undefined) expect(score).toBeNaN();
          else expect(score).toBe(dot(queries[Math.floor(i / k)]!, key) + 0);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('for cosine: each rank has the right score, no key occurs twice', async () => {
    await fc.assert(
      fc.asyncProperty(vectors, vectors, fc.integer({ min: 1, max: 10 }), async (queries, keys, k) => {
        const found = await exactNeighbours(runtime, rows('q', queries), rows('k', keys), {
          k,
          metric: 'cosine',
          blockSize: 16,
        });
        queries.forEach((query, q) => {
          const cosine = keys.map((key) => dot(query, key) / (Math.sqrt(dot(query, query) * dot(key, key)) || 1));
          const order = fullSort(cosine, k);
          const got = [...found.index.subarray(q * k, (q + 1) * k)];
          expect(new Set(got.filter((i) => i >= 0)).size).toBe(Math.min(k, keys.length));
          order.forEach((i, rank) => {
            if (i < 0) expect(got[rank]).toBe(-1);
            else expect(Math.abs(cosine[got[rank]!]! - cosine[i]!)).toBeLessThan(1e-6);
          });
        });
        const zeros = (all: readonly (readonly number[])[]): number =>
          all.filter((v) => v.every((x) => x === 0)).length;
        expect(found.zeroVectors).toEqual({ queries: zeros(queries), keys: zeros(keys) });
      }),
      { numRuns: 40 },
    );
  });

  it('with the keys of its own group left out', async () => {
    const labels = fc.array(fc.constantFrom('a', 'b', undefined), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(vectors, vectors, labels, labels, async (queries, keys, ofQuery, ofKey) => {
        const groupOf = (id: string): string | undefined => (id.startsWith('q') ? ofQuery : ofKey)[Number(id.slice(1))];
        const options = { k: 4, metric: 'dot', blockSize: 8, groupOf } as const;
        const found = await exactNeighbours(runtime, rows('q', queries), rows('k', keys), options);
        const expected = queries.flatMap((query, q) => {
          const scores = keys.map((key, i) => {
            return ofQuery[q] !== undefined && ofQuery[q] === ofKey[i] ? -Infinity : dot(query, key);
          });
          return fullSort(scores, 4);
        });
        expect([...found.index]).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('exactNeighbours', () => {
  it.each([1, 2, 4])('keeps equal keys in key order on %d threads, wherever they stand', async (threads) => {
    const engine = openRuntime({ threads });
    for (const [dimension, blockSize] of [
      [300, 64],
      [768, 96],
      [768, 4096],
      [33, 50],
    ] as const) {
      const stream = rng(dimension + blockSize);
      const distinct = Array.from({ length: 7 }, () => Array.from({ length: dimension }, () => stream.normal()));
      // Each of seven vectors stands at every seventh place.
      const keys = rows(
        'k',
        Array.from({ length: 500 }, (_, i) => distinct[i % 7]!),
      );
      const found = await exactNeighbours(engine, rows('q', distinct), keys, { k: 5, metric: 'cosine', blockSize });
      const expected = distinct.flatMap((_, q) => [q, q + 7, q + 14, q + 21, q + 28]);
      expect([...found.index], `${dimension} dimensions, blocks of ${blockSize}`).toEqual(expected);
    }
    await engine.close();
  });

  it('reads the keys again for more queries than it holds', async () => {
    const stream = rng(3);
    const keys = rows(
      'k',
      Array.from({ length: 20 }, () => [stream.normal(), stream.normal()]),
    );
    const queries = rows(
      'q',
      Array.from({ length: 16_500 }, (_, i) => [Math.cos(i), Math.sin(i)]),
    );
    const all = await exactNeighbours(runtime, queries, keys, { k: 2, metric: 'dot' });
    const last = await exactNeighbours(runtime, rows('q', [[Math.cos(16_499), Math.sin(16_499)]]), keys, {
      k: 2,
      metric: 'dot',
    });
    expect(all.queryIds).toHaveLength(16_500);
    expect(all.index.subarray(-2)).toEqual(last.index);
  });

  it('takes no queries and no keys', async () => {
    const [none, one] = [rows('n', [], 3), rows('o', [[1, 2, 3]])];
    expect(await exactNeighbours(runtime, none, one, { k: 2, metric: 'dot' })).toMatchObject({
      queryIds: [],
      keyIds: ['o0'],
    });
    const found = await exactNeighbours(runtime, one, none, { k: 2, metric: 'dot' });
    expect([...found.index]).toEqual([-1, -1]);
    expect([...found.score]).toEqual([Number.NaN, Number.NaN]);
  });

  it('refuses what it cannot compare', async () => {
    const [two, three] = [rows('a', [[1, 2]]), rows('b', [[1, 2, 3]])];
    const options = { k: 1, metric: 'dot' } as const;
    await expect(exactNeighbours(runtime, two, three, options)).rejects.toMatchObject({ code: 'mismatch' });
    await expect(exactNeighbours(runtime, two, rows('c', [[1, Number.NaN]]), options)).rejects.toThrow(
      /embedding of 'c0'.*not finite/,
    );
    const huge = rows('h', [[1e30, 0]]);
    await expect(exactNeighbours(runtime, huge, huge, options)).rejects.toThrow(/do not fit float32/);
    await expect(exactNeighbours(runtime, two, two, { k: 0, metric: 'dot' })).rejects.toThrow(RangeError);
  });
});
