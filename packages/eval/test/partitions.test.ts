import { BioscanError, rng, tensor, type Tensor } from '@bioscan/core';
import {
  adjustedMutualInformation,
  averageLinkage,
  cutDendrogram,
  estimateClusters,
  kMeans,
  partitionScores,
  silhouette,
  ward,
  type PartitionScores,
} from '@bioscan/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../assembly/build.mjs';
import { golden } from './golden.js';
import { readFileSync } from 'node:fs';

const data = golden('partitions') as {
  readonly pairs: readonly ({ readonly truth: number[]; readonly found: number[] } & PartitionScores)[];
  readonly points: readonly (readonly number[])[];
  readonly truth: readonly number[];
  readonly partitions: readonly {
    readonly linkage: 'ward' | 'average';
    readonly clusters: number;
    readonly labels: readonly number[];
    readonly ami: number;
    readonly silhouette?: number;
  }[];
  readonly wardHeights: readonly number[];
  readonly kMeans: {
    readonly centres: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly inertia: number;
  };
};
const points = matrix(data.points);
const linkages = { ward, average: averageLinkage };

describe('scores of partitions against scikit-learn', () => {
  it('has AMI, ARI, homogeneity, completeness, V and Fowlkes-Mallows', () => {
    const names = ['ami', 'ari', 'homogeneity', 'completeness', 'v', 'fowlkesMallows'] as const;
    let comparisons = 0;
    for (const pair of data.pairs) {
      const found = partitionScores(pair.truth, pair.found);
      for (const name of names) {
        expect(found[name], `${name} of ${pair.truth.length}`).toBeCloseTo(pair[name], 9);
        comparisons++;
      }
    }
    expect(comparisons).toBe(13 * 6);
  });

  it('takes names as well as numbers, and does not mind which names', () => {
    const labels = fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(labels, (pairs) => {
        const [truth, found] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const there = partitionScores(truth, found);
        const back = partitionScores(
          found.map((one) => `c${9 - one}`),
          truth.map((one) => `t${one}`),
        );
        expect(back.ami).toBeCloseTo(there.ami, 9);
        expect(back.ari).toBeCloseTo(there.ari, 9);
        expect(back.homogeneity).toBeCloseTo(there.completeness, 9);
        expect(partitionScores(truth, truth).ami).toBeCloseTo(1, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses labellings of different lengths and none', () => {
    expect(() => partitionScores([1], [1, 2])).toThrow(RangeError);
    expect(() => partitionScores([], [])).toThrow(RangeError);
  });
});

describe('agglomerative clustering against scikit-learn', () => {
  it('cuts as it does at every number of clusters, with Ward and average linkage', async () => {
    for (const { linkage, clusters, labels, ami } of data.partitions) {
      const found = cutDendrogram(await linkages[linkage](points), clusters);
      expect(new Set(found).size).toBe(clusters);
      expect(adjustedMutualInformation(labels, found), `${linkage} ${clusters}`).toBeCloseTo(1, 9);
      expect(adjustedMutualInformation(data.truth, found)).toBeCloseTo(ami, 9);
    }
    expect(data.partitions).toHaveLength(12);
  });

  it("has its heights of Ward's merges", async () => {
    const { heights } = await ward(points);
    expect(heights).toHaveLength(data.wardHeights.length);
    data.wardHeights.forEach((height, i) => {
      expect(heights[i]).toBeCloseTo(height, 5);
    });
  });

  it('does not depend on the order of points, and makes clusters of equal points first', async () => {
    const shuffled = rng(3).shuffle(data.points.map((_, i) => i));
    const again = await ward(matrix(shuffled.map((i) => data.points[i] ?? [])));
    const labels = cutDendrogram(again, 17);
    const first = cutDendrogram(await ward(points), 17);
    expect(
      adjustedMutualInformation(
        labels,
        shuffled.map((i) => first[i] ?? -1),
      ),
    ).toBe(1);
    const twice = await ward(
      matrix([
        [1, 2],
        [5, 5],
        [1, 2],
        [5, 5],
        [1, 2],
      ]),
    );
    expect([...cutDendrogram(twice, 2)]).toEqual([0, 1, 0, 1, 0]);
    expect([...twice.heights.slice(0, 3)]).toEqual([0, 0, 0]);
  });

  it('handles one point, and names points that cannot be clustered', async () => {
    expect([...cutDendrogram(await ward(matrix([[1, 2]])), 1)]).toEqual([0]);
    await expect(
      ward(
        matrix([
          [1, 2],
          [Number.NaN, 1],
        ]),
      ),
    ).rejects.toThrow(/row 1/);
    await expect(averageLinkage(matrix([[1], [Infinity]]))).rejects.toThrow(/row 1/);
    const tree = await ward(points);
    expect(() => cutDendrogram(tree, 1000)).toThrow(RangeError);
    const huge = tensor('float32', [20_001, 1], new Float32Array(20_001));
    await expect(averageLinkage(huge)).rejects.toThrow(/at most 20000/);
  });

  it('stops when it is told to', async () => {
    const random = rng(5);
    const many = tensor(
      'float32',
      [4000, 8],
      Float32Array.from({ length: 32_000 }, () => random.normal()),
    );
    const controller = new AbortController();
    const stopped = ward(many, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(BioscanError);
  });

  it('was made from assembly/index.ts', async () => {
    expect(await compile()).toBe(readFileSync('packages/eval/src/generated/clustering-kernel.ts', 'utf8'));
  }, 30_000);
});

describe('k-means', () => {
  it('ends where scikit-learn ends from the same centres', async () => {
    const { centres, labels, inertia } = data.kMeans;
    const found = await kMeans(points, centres.length, { rng: rng(1), centres: matrix(centres) });
    expect([...found.labels]).toEqual(labels);
    expect(found.inertia / inertia).toBeCloseTo(1, 5);
  });

  it('finds far clouds from its own starts, keeps the best and repeats', async () => {
    const random = rng(8);
    const clouds = Array.from({ length: 90 }, (_, i) => [i % 3, i % 2].map((at) => 40 * at + random.normal()));
    const found = await kMeans(matrix(clouds), 6, { rng: rng(1), starts: 5 });
    const truth = clouds.map((_, i) => (i % 3) * 2 + (i % 2));
    expect(adjustedMutualInformation(truth, found.labels)).toBe(1);
    expect(found).toEqual(await kMeans(matrix(clouds), 6, { rng: rng(1), starts: 5 }));
  });

  it('fills empty clusters and refuses fewer points than clusters', async () => {
    const same = matrix([[0], [0], [0], [9]]);
    const start = matrix([[0], [0], [0]]);
    const { labels } = await kMeans(same, 3, { rng: rng(1), centres: start });
    expect(new Set(labels).size).toBe(3);
    await expect(kMeans(same, 5, { rng: rng(1) })).rejects.toThrow(/4 points for 5 clusters/);
  });
});

describe('the silhouette', () => {
  it("is scikit-learn's", () => {
    const scored = data.partitions.filter((one) => one.silhouette !== undefined);
    for (const { labels, silhouette: expected } of scored) {
      expect(silhouette(points, labels)).toBeCloseTo(expected ?? Number.NaN, 5);
    }
    expect(scored).toHaveLength(10);
  });

  it('chooses the number of clusters of far clouds, and says nothing of one or of all', async () => {
    const random = rng(8);
    const clouds = matrix(Array.from({ length: 120 }, (_, i) => [i % 4, i % 2].map((at) => 40 * at + random.normal())));
    const tree = await ward(clouds);
    const { clusters, tried } = await estimateClusters(clouds, (k) => cutDendrogram(tree, k), { rng: rng(1) });
    expect(clusters).toBe(4);
    expect(tried.length).toBeGreaterThan(10);
    expect(silhouette(clouds, new Array<number>(120).fill(1))).toBeNaN();
  });
});

function matrix(rows: readonly (readonly number[])[]): Tensor<'float32'> {
  return tensor('float32', [rows.length, rows[0]?.length ?? 0], Float32Array.from(rows.flat()));
}
