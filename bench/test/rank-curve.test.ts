import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { adjustedMutualInformation } from '../adjusted-mutual-information.js';
import { energyDistance } from '../energy-distance.js';
import { realismSample } from '../realism-photos.js';
import { ward } from '../ward.js';

/** Written by fixtures/oracle/clustering.py with scikit-learn. */
const golden = JSON.parse(readFileSync('fixtures/sim/clustering.json', 'utf8')) as {
  readonly pairs: readonly { readonly truth: number[]; readonly found: number[]; readonly ami: number }[];
  readonly points: readonly number[][];
  readonly partitions: readonly { readonly clusters: number; readonly labels: number[] }[];
};

describe('adjustedMutualInformation', () => {
  it("is scikit-learn's", () => {
    for (const { truth, found, ami } of golden.pairs)
      expect(adjustedMutualInformation(truth, found)).toBeCloseTo(ami, 10);
    expect(golden.pairs).toHaveLength(7);
  });
});

describe('ward', () => {
  it("cuts points as scikit-learn's Ward does, at every number of clusters", () => {
    const cut = ward(golden.points.map((point) => Float32Array.from(point)));
    for (const { clusters, labels } of golden.partitions) {
      expect(new Set(cut(clusters)).size).toBe(clusters);
      expect(adjustedMutualInformation(labels, cut(clusters))).toBeCloseTo(1, 9);
    }
    expect(golden.partitions).toHaveLength(5);
  });
});

describe('energyDistance', () => {
  const random = rng(4);
  const cloud = (n: number, shift: number): Float32Array[] =>
    Array.from({ length: n }, () => Float32Array.from({ length: 5 }, () => random.normal() + shift));

  it('is near 0 for two samples of one distribution and near 1 for strangers', () => {
    const same = energyDistance(cloud(60, 0), cloud(60, 0), random);
    expect(Math.abs(same.distance)).toBeLessThan(0.03);
    expect(same.byChance[0]).toBeLessThan(0);
    const far = energyDistance(cloud(60, 0), cloud(60, 30), random);
    expect(far.distance).toBeGreaterThan(0.9);
    expect(far.byChance[1]).toBeLessThan(0.1);
  });
});

describe('realism report', () => {
  it('keeps its worlds and sizes', () => {
    expect(realismSample).toEqual({ seeds: [31, 32, 33], size: { specimens: 500, species: 165 } });
  });
});
