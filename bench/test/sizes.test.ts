import { describe, expect, it } from 'vitest';
import { alternate } from '../alternate.js';
import { damerauSizes } from '../damerau.js';
import { loaderSettings } from '../loader.js';
import { embeddingSizes } from '../embedding.js';
import { identifierInt8Sizes } from '../identifier-int8.js';
import { int8Sizes } from '../int8.js';
import { neighboursSize } from '../neighbours.js';
import { trainingCases } from '../training-cases.js';
import { umapSize } from '../umap.js';
import { wardSize } from '../ward.js';

describe('benchmarks measure what they say', () => {
  it('keeps the sizes of the training step', () => {
    const sizes = Object.entries(trainingCases).map(([name, { peer, gigaflop }]) => [
      name,
      peer['batch'],
      Math.round(gigaflop),
    ]);
    expect(sizes).toEqual([
      ['barcodebert-4-4-4', 16, 468],
      ['barcodebert-8-4-4', 8, 312],
      ['vit-tiny', 16, 120],
      ['resnet-18', 8, 87],
    ]);
  });

  it('keeps the settings of the loader', () => {
    expect(loaderSettings).toEqual({ passes: 12, batch: 32, preset: 'bioscan5m', workers: 2 });
  });

  it('compares all pairs of 300 barcodes, and a million pairs of any length', () => {
    expect(damerauSizes).toMatchObject({ sequences: 300, length: 658, agreement: 1_000_000 });
  });

  it('embeds barcodes at the published width', () => {
    expect(embeddingSizes).toEqual([
      { k: 4, batch: 32 },
      { k: 8, batch: 32 },
    ]);
  });

  it('keeps the sizes of search and clustering', () => {
    expect(neighboursSize).toMatchObject({ n: 10_000, keys: 300_000, d: 768 });
    expect(wardSize).toMatchObject({ n: 20_000, d: 50 });
    expect(umapSize).toMatchObject({ n: 20_000, d: 768 });
  });

  it('compares 8 bits on at least 10,000 queries', () => {
    expect(int8Sizes).toEqual({ queries: 10_000, keys: 15_000, steps: 300 });
  });

  it('alternates contenders, drops the warm-up and takes the median', async () => {
    const calls: string[] = [];
    const contender = (name: string, times: number[]): { name: string; run: () => Promise<number> } => ({
      name,
      run: () => {
        calls.push(name);
        return Promise.resolve(times.shift() ?? Number.NaN);
      },
    });
    const timings = await alternate([contender('a', [9, 1, 5, 2]), contender('b', [9, 3, 4, 8])], 3, 1);
    expect(calls.join('')).toBe('abababab');
    expect(timings).toEqual([
      { name: 'a', medianSeconds: 2, fastestSeconds: 1 },
      { name: 'b', medianSeconds: 4, fastestSeconds: 3 },
    ]);
  });

  it('compares an identifier in 8 bits over 10,000 queries', () => {
    expect(identifierInt8Sizes.queries).toBeGreaterThanOrEqual(10_000);
  });
});
