import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { levenshtein } from '@bioscan/dna/distance';
import { barcodeStatistics, insectBarcodes, kolmogorovSmirnov, simulate, wasserstein, worlds } from '@bioscan/sim';

describe('barcodeStatistics', () => {
  const base = simulate({ specimens: 100, species: 10, orders: 1 }).truth[0]?.haplotype ?? '';
  const mutated = (...sites: number[]): string =>
    [...base].map((letter, i) => (sites.includes(i) ? (letter === 'A' ? 'G' : 'A') : letter)).join('');

  it('counts what one can count by hand', () => {
    const lineage = { order: 'O', family: 'F', genus: 'G', species: 'G a' };
    const other = { ...lineage, species: 'G b' };
    // Five haplotypes, each one step from the base: all pairs but those with the base are 2 apart.
    const rows = [mutated(), mutated(0), mutated(3), mutated(6), mutated(9)].map((barcode) => ({ lineage, barcode }));
    const far = Array.from({ length: 66 }, (_, i) => 3 * (i + 40));
    const records = [...rows, rows[0] ?? { lineage, barcode: '' }, { lineage: other, barcode: mutated(...far) }];
    const { values } = barcodeStatistics(records, { distance: levenshtein, rng: rng(1) });
    expect(values['edits within species, mean of means']).toBeCloseTo(1.6, 10);
    expect(values['largest within species, mean']).toBe(2);
    expect(values['nearest other species %, mean']).toBeCloseTo((100 * 66) / 658, 10);
    expect(values['share of species without a gap']).toBe(0);
    expect(values['distinct barcodes a record']).toBeCloseTo(6 / 7, 10);
    expect(values['mean length']).toBe(658);
    expect(values['third positions that differ, congeners']).toBeGreaterThan(66 / 220 - 0.001);
  });

  it('knows two samples that are alike from two that are not', () => {
    expect(kolmogorovSmirnov([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
    expect(kolmogorovSmirnov([1, 2, 3, 4], [5, 6, 7, 8])).toBe(1);
    expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
    expect(wasserstein([1, 2, 3, 4], [3, 4, 5, 6])).toBeCloseTo(2, 10);
  });
});

describe('the fitted generator', () => {
  it('is near real insects on a small sample', () => {
    const { truth } = simulate({ seed: 31, specimens: 4000, species: 220, world: worlds.standard });
    const { values } = barcodeStatistics(truth, { distance: levenshtein, rng: rng(1), pairs: 30 });
    const bounds: Readonly<Record<string, number>> = {
      'edits within species, mean of means': 0.4,
      'edits within genus, mean of means': 0.4,
      'edits within family, mean of means': 0.4,
      'edits within order, mean of means': 0.2,
      'AT at third positions': 0.05,
      'third positions that differ, between families': 0.15,
      'distinct barcodes a record': 0.25,
      'mean length': 0.05,
      'share of exactly 658': 0.3,
    };
    for (const [name, bound] of Object.entries(bounds)) {
      const ratio = (values[name] ?? Number.NaN) / (insectBarcodes.values[name] ?? Number.NaN);
      expect(Math.abs(ratio - 1), `${name}: ${ratio.toFixed(2)} of the real value`).toBeLessThan(bound);
    }
  });
});
