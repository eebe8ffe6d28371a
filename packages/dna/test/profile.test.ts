import { readFileSync } from 'node:fs';
import { rng, row } from '@bioscan/core';
import { profileTower } from '@bioscan/dna';
import { barcodeProfile, profileEncoder } from '@bioscan/dna/baselines';
import { alignedSites } from '@bioscan/dna/distance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Golden {
  readonly kinds: readonly string[];
  readonly barcodes: readonly string[];
  readonly sites: readonly (readonly number[])[];
  readonly frequencies: readonly number[];
  readonly cosines: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/dna/profile.json', import.meta.url), 'utf8'),
) as Golden;
const profile = barcodeProfile(golden.barcodes);

describe('barcodeProfile', () => {
  it('finds the sites by which the barcodes were made', () => {
    expect(profile.consensus).toHaveLength(120);
    golden.barcodes.forEach((barcode, i) => {
      expect([...alignedSites(barcode, profile.consensus)], golden.kinds[i] ?? '').toEqual(golden.sites[i]);
    });
    expect(golden.barcodes).toHaveLength(24);
  });

  it('counts bases as numpy does', () => {
    expect(profile.frequencies).toHaveLength(golden.frequencies.length);
    golden.frequencies.forEach((share, at) => {
      expect(profile.frequencies[at]).toBeCloseTo(share, 6);
    });
  });

  it('counts a barcode once, however many records carry it', () => {
    expect(barcodeProfile([...golden.barcodes, ...golden.barcodes.slice(0, 5)]).frequencies).toEqual(
      profile.frequencies,
    );
  });

  it('needs a barcode', () => {
    expect(() => barcodeProfile(['', '---'])).toThrow(RangeError);
  });
});

describe('profileEncoder', () => {
  it('compares barcodes as numpy does', async () => {
    const vectors = await profileEncoder(profile).encode(golden.barcodes);
    const n = golden.barcodes.length;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        expect(cosine(row(vectors, i), row(vectors, j))).toBeCloseTo(golden.cosines[i * n + j] ?? Number.NaN, 5);
      }
    }
  });

  it('is silent where a barcode is silent', async () => {
    const encoder = profileEncoder(profile);
    const short = golden.barcodes[golden.kinds.indexOf('short')] as string;
    const { data } = await encoder.encode([short]);
    const seen = new Set(alignedSites(short, profile.consensus));
    for (let site = 0; site < 120; site++) {
      if (!seen.has(site)) expect([...data.subarray(4 * site, 4 * site + 4)]).toEqual([0, 0, 0, 0]);
    }
    expect((await encoder.encode(['', 'NNNN'])).data.every((x) => x === 0)).toBe(true);
  });

  it('adds up to nothing at each site: shares less shares', async () => {
    const encoder = profileEncoder(profile);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 90, max: 120 }), async (start, end) => {
        const { data } = await encoder.encode([profile.consensus.slice(start, end)]);
        for (let site = 0; site < 120; site++) {
          const here = data.subarray(4 * site, 4 * site + 4);
          expect(here.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
          expect(here.some((x) => x !== 0)).toBe(site >= start && site < end && !constant(site));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('profileTower', () => {
  it('feeds what the encoder gives, and hides a share of the sites in training', async () => {
    const wanted = (await profileEncoder(profile).encode(golden.barcodes)).data;
    const built = profileTower(profile, { hidden: 0.7 });
    expect(built.parameters).toEqual([]);
    expect(built.collate(golden.barcodes)['sites']?.data).toEqual(wanted);
    const hidden = built.collate(golden.barcodes, rng(1))['sites']?.data as Float32Array;
    expect(built.collate(golden.barcodes, rng(1))['sites']?.data).toEqual(hidden);
    let [kept, all] = [0, 0];
    wanted.forEach((value, at) => {
      if (value === 0) return;
      all++;
      if (hidden[at] === value) kept++;
      else expect(hidden[at]).toBe(0);
    });
    expect(kept / all).toBeGreaterThan(0.25);
    expect(kept / all).toBeLessThan(0.35);
    expect(() => profileTower(profile, { hidden: 1 })).toThrow(RangeError);
  });
});

/** All barcodes agree there, so that the consensus is no news. */
function constant(site: number): boolean {
  return profile.frequencies.subarray(4 * site, 4 * site + 4).includes(1);
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
