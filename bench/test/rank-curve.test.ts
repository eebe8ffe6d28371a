import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { energyDistance } from '../energy-distance.js';
import { realismSample } from '../realism-photos.js';

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
