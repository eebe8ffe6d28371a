import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddingsOf, rng, tensor, type Embeddings, type Neighbours } from '@bioscan/core';
import { exactNeighbours, neighbourRecall } from '@bioscan/runtime';
import { buildApproximateIndex, openRuntime, readApproximateIndex } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const runtime = openRuntime({ threads: 1 });
const folder = mkdtempSync(join(tmpdir(), 'bioscan-index-'));
const random = rng(3);
const centres = Array.from({ length: 60 }, () => Array.from({ length: 24 }, () => random.normal()));
const keys = cloud('K', 3000);
const queries = cloud('Q', 200);
let exact: Neighbours;

beforeAll(async () => {
  exact = await exactNeighbours(runtime, queries, keys, { k: 5, metric: 'cosine' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await runtime.close();
});

describe('approximate search', () => {
  it('finds nearly all that exact search finds, with scores as cosine', async () => {
    const index = await buildApproximateIndex(keys);
    const found = await index.search(queries, 5);
    expect(neighbourRecall(found, exact).all).toBeGreaterThan(0.97);
    expect(await index.recall(runtime, queries, keys, 5)).toEqual(neighbourRecall(found, exact));
    let compared = 0;
    found.index.forEach((key, at) => {
      if (key !== exact.index[at]) return;
      expect(found.score[at]).toBeCloseTo(exact.score[at] ?? Number.NaN, 5);
      compared++;
    });
    expect(compared).toBeGreaterThan(900);
  });

  it('stores keys in a byte a number, losing little, in a much smaller file', async () => {
    const sizes: number[] = [];
    for (const storage of ['float32', 'int8'] as const) {
      const index = await buildApproximateIndex(keys, { storage });
      const { first, all } = await index.recall(runtime, queries, keys, 5);
      expect(first).toBeGreaterThan(storage === 'int8' ? 0.8 : 0.97);
      expect(all).toBeGreaterThan(storage === 'int8' ? 0.85 : 0.97);
      await index.save(join(folder, storage));
      sizes.push(readFileSync(join(folder, storage)).length);
    }
    expect((sizes[0] ?? 0) - (sizes[1] ?? 0)).toBe(3000 * 24 * 3);
  });

  it('repeats on one thread, and searches a saved index as before', async () => {
    const [a, b] = [await buildApproximateIndex(keys), await buildApproximateIndex(keys)];
    const found = await a.search(queries, 3);
    expect(await b.search(queries, 3)).toEqual(found);
    const path = join(folder, 'saved');
    await a.save(path);
    const again = await readApproximateIndex(path);
    expect(await again.search(queries, 3)).toEqual(found);
    expect(again.keyIds).toEqual(a.keyIds);
  });

  it('puts equal keys in key order, and says where there are fewer keys than wanted', async () => {
    const same = embedded(
      ['a', 'b', 'c'],
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
    );
    const index = await buildApproximateIndex(same);
    const found = await index.search(embedded(['q'], [[2, 0]]), 4);
    expect([...found.index]).toEqual([0, 1, 2, -1]);
    expect(found.score[3]).toBeNaN();
    const none = await buildApproximateIndex(embedded([], []));
    expect([...(await none.search(embedded(['q'], [[2, 0]]), 2)).index]).toEqual([-1, -1]);
  });

  it('names dimensions that differ, values that are not finite and files that are not an index', async () => {
    const index = await buildApproximateIndex(keys);
    await expect(index.search(embedded(['q'], [[1, 0]]), 1)).rejects.toThrow(/2 dimensions and an index of 24/);
    await expect(index.search(queries, 0)).rejects.toThrow(RangeError);
    await expect(buildApproximateIndex(embedded(['x'], [[Number.NaN, 1]]))).rejects.toThrow(/'x'/);
    await expect(readApproximateIndex(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
    const path = join(folder, 'broken');
    await index.save(path);
    truncateSync(path, 100);
    await expect(readApproximateIndex(path)).rejects.toMatchObject({ code: 'bad-file' });
    rmSync(path);
    await expect(readApproximateIndex(path)).rejects.toMatchObject({ code: 'bad-file' });
    expect(() => neighbourRecall({ ...exact, k: 4 }, exact)).toThrow(/other queries, keys or k/);
  });
});

function cloud(prefix: string, count: number): Embeddings {
  const rows = Array.from({ length: count }, (_, i) =>
    (centres[i % 60] ?? []).map((value) => value + 0.7 * random.normal()),
  );
  return embedded(
    rows.map((_, i) => `${prefix}${i}`),
    rows,
  );
}

function embedded(ids: readonly string[], rows: readonly (readonly number[])[]): Embeddings {
  const dimension = rows[0]?.length ?? 2;
  const vectors = tensor('float32', [rows.length, dimension], Float32Array.from(rows.flat()));
  return embeddingsOf({ ids, vectors }, { id: 'test', modality: 'image', dimension, settings: {} });
}
