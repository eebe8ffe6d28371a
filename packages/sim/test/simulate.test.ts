import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBioscanError } from '@bioscan/core';
import { assignBins, simulate, translateCodon } from '@bioscan/sim';

const small = { specimens: 600, species: 60, orders: 3 } as const;

function aminoAcids(haplotype: string): string {
  const codons = haplotype.slice(1).match(/.../g) ?? [];
  return codons.map(translateCodon).join('');
}

function differences(a: string, b: string): number {
  return [...a].filter((letter, i) => letter !== b[i]).length;
}

describe('simulate', () => {
  const simulation = simulate({ ...small, seed: 5 });
  const { specimens, truth } = simulation;

  it('gives the same records for the same seed and others for another', () => {
    expect(simulate({ ...small, seed: 5 })).toEqual(simulation);
    expect(simulate({ ...small, seed: 6 }).truth[0]).not.toEqual(truth[0]);
  });

  it('makes as many specimens and species as asked, each process id once', () => {
    expect(specimens).toHaveLength(600);
    expect(new Set(truth.map((row) => row.species)).size).toBe(60);
    expect(new Set(specimens.map((specimen) => specimen.processId)).size).toBe(600);
  });

  it('never has an in-frame stop, for any seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const row of simulate({ seed, specimens: 100, species: 20, orders: 2 }).truth) {
          expect(row.haplotype).toMatch(/^[ACGT]{658}$/);
          expect(aminoAcids(row.haplotype)).not.toContain('*');
        }
      }),
      { numRuns: 20 },
    );
  });

  it('shows a window of the true haplotype, with N only where letters were lost', () => {
    let cut = 0;
    specimens.forEach((specimen, i) => {
      const barcode = specimen.barcode ?? '';
      const pattern = new RegExp(barcode.replaceAll('N', '.'));
      expect(truth[i]?.haplotype).toMatch(pattern);
      if (barcode.length < 658) cut++;
    });
    expect(cut).toBeGreaterThan(60);
  });

  it('is AT-rich, most of all at third positions', () => {
    const share = (offset: number): number => {
      const letters = truth.flatMap(({ haplotype }) => [...haplotype].filter((_, i) => i % 3 === offset));
      return letters.filter((letter) => letter === 'A' || letter === 'T').length / letters.length;
    };
    expect(share(0)).toBeGreaterThan(0.85);
    expect(share(1)).toBeLessThan(0.7);
    expect(share(2)).toBeLessThan(0.7);
  });

  it('differs more between orders than between species, and least within a species', () => {
    const mean = (same: (a: number, b: number) => boolean): number => {
      const found: number[] = [];
      for (let i = 0; i < 200; i++) {
        for (let j = 0; j < i; j++) {
          if (same(i, j)) found.push(differences(truth[i]?.haplotype ?? '', truth[j]?.haplotype ?? ''));
        }
      }
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    const at = (i: number, rank: 'order' | 'genus'): string | undefined => specimens[i]?.lineage[rank];
    const within = mean((i, j) => truth[i]?.species === truth[j]?.species);
    const genus = mean((i, j) => at(i, 'genus') === at(j, 'genus') && truth[i]?.species !== truth[j]?.species);
    const order = mean((i, j) => at(i, 'order') !== at(j, 'order'));
    expect(within).toBeLessThan(12);
    expect(genus).toBeGreaterThan(3 * within);
    expect(order).toBeGreaterThan(1.5 * genus);
  });

  it('refuses settings out of range by name', () => {
    expect(() => simulate({ specimens: 5 })).toThrow('sim: specimens, got 5, expected a whole number of 100 to 100000');
    expect(() => simulate({ orders: 99 })).toThrow('sim: orders');
    try {
      simulate({ species: 5 });
      expect.unreachable();
    } catch (error) {
      expect(isBioscanError(error) && error.code).toBe('bad-input');
    }
  });
});

describe('assignBins', () => {
  it('links chains below 2.2 % and keeps what is further apart', () => {
    const base = 'A'.repeat(500);
    const step = (n: number): string => 'C'.repeat(n) + base.slice(n);
    expect(assignBins([base, step(11), step(22), step(60)])).toEqual([
      'BOLD:SIA0000',
      'BOLD:SIA0000',
      'BOLD:SIA0000',
      'BOLD:SIA0001',
    ]);
  });
});

describe('translateCodon', () => {
  it('reads table 5: TGA is tryptophan, ATA methionine, AGA serine, only TAA and TAG stop', () => {
    const codons = [...'TCAG'].flatMap((a) => [...'TCAG'].flatMap((b) => [...'TCAG'].map((c) => a + b + c)));
    expect(['TGA', 'ATA', 'AGA', 'AGG'].map(translateCodon)).toEqual(['W', 'M', 'S', 'S']);
    expect(codons.filter((codon) => translateCodon(codon) === '*')).toEqual(['TAA', 'TAG']);
    expect(() => translateCodon('NNN')).toThrow(RangeError);
  });
});
