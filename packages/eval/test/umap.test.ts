import { rng, tensor, type Tensor } from '@bioscan/core';
import { adjustedMutualInformation, cutDendrogram, umap, ward, type DotSearch } from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { fuzzyGraph } from '../src/clustering/fuzzy-graph.js';
import { givenPoints } from '../src/clustering/given-points.js';
import { nearestPoints } from '../src/clustering/nearest-points.js';
import { umapCurve } from '../src/clustering/umap-curve.js';
import { golden } from './golden.js';

const data = golden('umap') as {
  readonly points: readonly (readonly number[])[];
  readonly truth: readonly number[];
  readonly graphs: readonly {
    readonly metric: 'euclidean' | 'cosine';
    readonly k: number;
    readonly heads: readonly number[];
    readonly tails: readonly number[];
    readonly weights: readonly number[];
  }[];
  readonly qualities: readonly { readonly trustworthiness: number; readonly ami: number }[];
  readonly curves: readonly { readonly minDist: number; readonly a: number; readonly b: number }[];
};
const points = matrix(data.points);

describe('UMAP against umap-learn', () => {
  it('has its curve', () => {
    for (const { minDist, a, b } of data.curves) {
      expect(umapCurve(minDist).a).toBeCloseTo(a, 4);
      expect(umapCurve(minDist).b).toBeCloseTo(b, 4);
    }
    expect(data.curves).toHaveLength(3);
  });

  it('has its neighbour graph, edge by edge', async () => {
    for (const { metric, k, heads, tails, weights } of data.graphs) {
      const graph = fuzzyGraph(await nearestPoints(points, k, { metric }));
      expect([...graph.heads]).toEqual(heads);
      expect([...graph.tails]).toEqual(tails);
      weights.forEach((weight, i) => {
        expect(graph.weights[i]).toBeCloseTo(weight, 3);
      });
      expect(weights.length).toBeGreaterThan(1000);
    }
  });

  it('has the same graph from neighbours that something else found, and fewer edges where fewer were found', async () => {
    for (const { metric, k, heads, tails } of data.graphs) {
      const { index, distance } = await nearestPoints(points, k, { metric });
      const ids = data.points.map((_, i) => String(i));
      const found = { queryIds: ids, keyIds: ids, k, index, score: Float32Array.from(distance), higherIsNearer: false };
      const graph = fuzzyGraph(givenPoints(found, ids.length, k));
      expect([...graph.heads]).toEqual(heads);
      expect([...graph.tails]).toEqual(tails);
      const lonely = index.map((j, at) => (at < k ? -1 : j === 0 ? -1 : j));
      const cut = fuzzyGraph(givenPoints({ ...found, index: lonely }, ids.length, k));
      expect([...cut.heads, ...cut.tails]).not.toContain(0);
    }
    const alike = { queryIds: ['a', 'b'], keyIds: ['a', 'b'], k: 1, index: Int32Array.of(1, 0), higherIsNearer: true };
    const given = givenPoints({ ...alike, score: Float32Array.of(0.75, 0.75) }, 2, 2);
    expect([...given.distance]).toEqual([0, 0.25, 0, 0.25]);
    expect(() => givenPoints({ ...alike, score: Float32Array.of(1, 1) }, 3, 2)).toThrow('neighbours of 2 points');
    const scored = { ...alike, score: Float32Array.of(1, 1) };
    expect(() => givenPoints({ ...scored, keyIds: ['b', 'a'] }, 2, 2)).toThrow("key 'b' beside query 'a'");
    expect(() => givenPoints({ ...scored, keyIds: ['a', 'b', 'c'] }, 2, 2)).toThrow('among 3 keys');
    expect(() => givenPoints({ ...scored, index: Int32Array.of(1, 2) }, 2, 2)).toThrow('neighbour 2, expected 0 to 1');
    for (const score of [98.5, Number.NaN]) {
      expect(() => givenPoints({ ...scored, score: Float32Array.of(score, score) }, 2, 2)).toThrow(/at most 1/);
    }
    const identities = { ...scored, score: Float32Array.of(98.5, 98.5), higherIsNearer: false };
    expect([...givenPoints(identities, 2, 2).distance]).toEqual([0, 98.5, 0, 98.5]);
  });

  it('lays out as trustworthily, and its clusters agree as well with the truth', async () => {
    const mean = (name: 'trustworthiness' | 'ami'): number =>
      data.qualities.reduce((sum, one) => sum + one[name], 0) / data.qualities.length;
    const found: { trust: number; ami: number }[] = [];
    for (const seed of [1, 2, 3]) {
      const layout = await umap({ dimension: 5, neighbours: 15 }).reduce(points, { rng: rng(seed) });
      const labels = cutDendrogram(await ward(layout), 24);
      found.push({ trust: trustworthiness(points, layout, 10), ami: adjustedMutualInformation(data.truth, labels) });
    }
    const average = (name: 'trust' | 'ami'): number => found.reduce((sum, one) => sum + one[name], 0) / found.length;
    expect(average('trust')).toBeGreaterThan(mean('trustworthiness') - 0.005);
    expect(average('ami')).toBeGreaterThan(mean('ami') - 0.02);
  });
});

describe('UMAP', () => {
  it('repeats with a seed, and differs with another', async () => {
    const reduce = (seed: number) =>
      umap({ dimension: 3, neighbours: 10, epochs: 20 }).reduce(points, { rng: rng(seed) });
    expect(await reduce(4)).toEqual(await reduce(4));
    expect(await reduce(4)).not.toEqual(await reduce(5));
  });

  it('asks a given search for dot products that order as distances do', async () => {
    let asked = 0;
    const search: DotSearch = async (queries, keys, k) => {
      asked++;
      for await (const { vectors: q } of queries.blocks()) {
        for await (const { ids, vectors: x } of keys.blocks()) {
          const d = q.shape[1] ?? 0;
          const rows = ids.map((_, i) => [...q.data.subarray(i * d, (i + 1) * d)]);
          const lists = rows.map((row) =>
            ids
              .map((_, j) => ({ j, dot: row.reduce((sum, value, at) => sum + value * (x.data[j * d + at] ?? 0), 0) }))
              .sort((a, b) => b.dot - a.dot)
              .slice(0, k),
          );
          const index = Int32Array.from(lists.flatMap((list) => list.map(({ j }) => j)));
          return { queryIds: ids, keyIds: ids, k, index, score: new Float32Array(index.length), higherIsNearer: true };
        }
      }
      throw new Error('no points');
    };
    for (const metric of ['euclidean', 'cosine'] as const) {
      expect(await nearestPoints(points, 15, { metric, search })).toEqual(await nearestPoints(points, 15, { metric }));
    }
    expect(asked).toBe(2);
  });

  it('parts equal points and pads where features are fewer than dimensions', async () => {
    const twins = matrix(Array.from({ length: 40 }, (_, i) => [Math.floor(i / 20), 0]));
    const layout = await umap({ dimension: 6, neighbours: 8, epochs: 50 }).reduce(twins, { rng: rng(1) });
    expect(layout.shape).toEqual([40, 6]);
    expect(layout.data.every((value) => Number.isFinite(value))).toBe(true);
    expect(new Set(Array.from({ length: 40 }, (_, i) => layout.data[i * 6])).size).toBeGreaterThan(30);
  });

  it('names fewer points than neighbours and values that are not finite', async () => {
    const few = matrix([[1], [2], [3]]);
    await expect(umap().reduce(few, { rng: rng(1) })).rejects.toThrow(/3 points for neighbourhoods of 30/);
    await expect(umap({ neighbours: 2 }).reduce(matrix([[1], [Number.NaN]]), { rng: rng(1) })).rejects.toThrow(/row 1/);
    expect(() => umap({ neighbours: 1 })).toThrow(RangeError);
  });
});

/** 1 less the penalised ranks of points that are neighbours in the layout only (Venna & Kaski 2001). */
function trustworthiness(x: Tensor<'float32'>, layout: Tensor<'float32'>, k: number): number {
  const n = x.shape[0] ?? 0;
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const rank = new Map(othersByDistance(x, i).map((j, at) => [j, at + 1]));
    for (const j of othersByDistance(layout, i).slice(0, k)) penalty += Math.max(0, (rank.get(j) ?? 0) - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

function othersByDistance({ data: values, shape }: Tensor<'float32'>, i: number): number[] {
  const [n = 0, d = 0] = shape;
  const distance = Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let a = 0; a < d; a++) sum += ((values[i * d + a] ?? 0) - (values[j * d + a] ?? 0)) ** 2;
    return sum;
  });
  return [...distance.keys()].filter((j) => j !== i).sort((a, b) => (distance[a] ?? 0) - (distance[b] ?? 0));
}

function matrix(rows: readonly (readonly number[])[]): Tensor<'float32'> {
  return tensor('float32', [rows.length, rows[0]?.length ?? 0], Float32Array.from(rows.flat()));
}
