import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBioscanError } from '@bioscan/core';
import { placeholderRule, validateSplits } from '@bioscan/data';
import { assignBins, simulate, translateCodon, worlds } from '@bioscan/sim';

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
    expect(JSON.stringify(simulate({ ...small, seed: 5 }))).toBe(JSON.stringify(simulation));
    expect(simulate({ ...small, seed: 6 }).truth[0]).not.toEqual(truth[0]);
  });

  it('makes as many specimens and species as asked, each process id once', () => {
    expect(specimens).toHaveLength(600);
    expect(new Set(truth.map((row) => row.lineage.species)).size).toBe(60);
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

  it('gives the orders their published shares and most records to Costa Rica', () => {
    const many = simulate({ specimens: 3000, species: 200 });
    const share = (test: (i: number) => boolean): number => many.truth.filter((_, i) => test(i)).length / 3000;
    expect(share((i) => many.truth[i]?.lineage.order === 'Diptera')).toBeGreaterThan(0.65);
    expect(share((i) => many.truth[i]?.lineage.order === 'Diptera')).toBeLessThan(0.8);
    expect(share((i) => many.specimens[i]?.place?.country === 'Costa Rica')).toBeGreaterThan(0.45);
    const families = new Map<string, number>();
    for (const { lineage } of many.species)
      families.set(lineage.family ?? '', (families.get(lineage.family ?? '') ?? 0) + 1);
    const sizes = [...families.values()].sort((a, b) => b - a);
    expect(sizes[0]).toBeGreaterThan(10);
    expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(5);
  });

  it('fills plates of one site, well by well, with a control left free', () => {
    const wells = new Map<string, Set<string>>();
    const sites = new Map<string, Set<number>>();
    specimens.forEach(({ sampleId = '' }, i) => {
      const [, plate = '', well = ''] = /^(SIM\d{5})-([A-H](?:0[1-9]|1[0-2]))$/.exec(sampleId) ?? [];
      expect(plate).not.toBe('');
      wells.set(plate, (wells.get(plate) ?? new Set()).add(well));
      sites.set(plate, (sites.get(plate) ?? new Set()).add(truth[i]?.berth.site.index ?? -1));
    });
    expect([...wells.values()].reduce((sum, one) => sum + one.size, 0)).toBe(600);
    for (const one of wells.values()) expect(one.has('H12')).toBe(false);
    for (const one of sites.values()) expect(one.size).toBe(1);
  });

  it('misses names as published, under placeholders that the published rules know; the truth keeps all names', () => {
    const hidden = simulate({ specimens: 6000, species: 400, world: worlds.standard });
    const share = (rank: 'order' | 'family' | 'subfamily' | 'genus' | 'species'): number =>
      hidden.specimens.filter(({ lineage }) => lineage[rank] !== undefined).length / 6000;
    expect(share('order')).toBeGreaterThan(0.99);
    for (const [rank, published] of [
      ['family', 0.958],
      ['subfamily', 0.286],
      ['genus', 0.238],
      ['species', 0.092],
    ] as const) {
      expect(share(rank)).toBeGreaterThan(published - 0.03);
      expect(share(rank)).toBeLessThan(published + 0.03);
    }
    expect(hidden.specimens.filter(({ bin }) => bin === undefined).length / 6000).toBeLessThan(0.01);
    expect(hidden.truth.every(({ lineage }) => placeholderRule(lineage, 'bioscan5m') === undefined)).toBe(true);
    const named = hidden.specimens.filter(({ lineage }) => lineage.species !== undefined);
    const places = named.filter(({ lineage }) => placeholderRule(lineage, 'bioscan5m') !== undefined);
    expect(places.length / named.length).toBeGreaterThan(0.05);
    expect(places.length / named.length).toBeLessThan(0.7);
    hidden.specimens.forEach(({ lineage }, i) => {
      if (lineage.genus !== undefined) expect(lineage.genus).toBe(hidden.truth[i]?.lineage.genus);
    });
  });

  it('splits by the published rules: nothing is set aside and no rule is broken, in any world', () => {
    for (const world of [worlds.standard, worlds.complete, worlds.sharedHaplotypes]) {
      const { specimens: rows } = simulate({ specimens: 1500, species: 100, world });
      const assignment = new Map(rows.map(({ processId, split = '' }) => [processId, split]));
      expect(validateSplits(rows, assignment)).toEqual([]);
    }
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
