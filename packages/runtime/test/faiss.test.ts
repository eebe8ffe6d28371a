import { readFileSync } from 'node:fs';
import { embeddingsOf, tensor } from '@bioscan/core';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';

const data = JSON.parse(readFileSync('fixtures/eval/retrieval.json', 'utf8')) as {
  readonly queryVectors: { readonly image: readonly (readonly number[])[] };
  readonly keyVectors: { readonly image: readonly (readonly number[])[] };
  readonly nearest: { readonly index: readonly (readonly number[])[]; readonly score: readonly (readonly number[])[] };
};
const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

describe('exact search against FAISS', () => {
  it('finds the keys of IndexFlatIP in its order, with its scores', async () => {
    const [queries, keys] = [data.queryVectors.image, data.keyVectors.image].map((rows) => {
      const vectors = tensor('float32', [rows.length, 8], Float32Array.from(rows.flat()));
      const ids = rows.map((_, i) => String(i));
      return embeddingsOf({ ids, vectors }, { id: 'image', modality: 'image', dimension: 8, settings: {} });
    });
    const found = await exactNeighbours(runtime, queries!, keys!, { k: 10, metric: 'cosine' });
    expect([...found.index]).toEqual(data.nearest.index.flat());
    data.nearest.score.flat().forEach((score, at) => {
      expect(found.score[at]).toBeCloseTo(score, 5);
    });
    expect(found.index).toHaveLength(1400);
  });
});
