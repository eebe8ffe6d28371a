import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorKinds, errorsAt, noErrors, simulate, translateCodon, worlds, type ErrorKind } from '@bioscan/sim';

const size = { specimens: 1200, species: 80, seed: 7 } as const;
const clean = simulate({ ...size, world: worlds.complete });
const planted = simulate({ ...size, world: { ...worlds.complete, errors: errorsAt(0.02) } });
const indexOf = new Map(clean.truth.map(({ processId }, i) => [processId, i]));
const at = (processId: string): number => indexOf.get(processId) ?? -1;
const ofKind = (kind: ErrorKind): typeof planted.errors => planted.errors.filter((error) => error.kind === kind);

describe('planted errors', () => {
  it('leave all records alone that were not chosen, for any seed and rates', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...errorKinds), fc.constantFrom(0.005, 0.02, 0.2), (seed, kind, rate) => {
        const base = { specimens: 200, species: 20, seed };
        const before = simulate({ ...base, world: worlds.complete });
        const after = simulate({ ...base, world: { ...worlds.complete, errors: { ...noErrors, [kind]: rate } } });
        const wrong = new Set(after.errors.map(({ processId }) => processId));
        after.specimens.forEach((row, i) => {
          if (!wrong.has(row.processId)) expect(row).toEqual(before.specimens[i]);
        });
        expect(wrong.size).toBe(after.errors.length);
        expect(after.truth).toEqual(before.truth);
      }),
      { numRuns: 20 },
    );
  });

  it('come in every kind, one a record, with what stood there before', () => {
    expect(new Set(planted.errors.map(({ kind }) => kind))).toEqual(new Set(errorKinds));
    expect(new Set(planted.errors.map(({ processId }) => processId)).size).toBe(planted.errors.length);
    for (const { processId, field, original } of planted.errors) {
      const [before, after] = [clean.specimens[at(processId)], planted.specimens[at(processId)]];
      if (field === 'barcode') {
        expect(before?.barcode).toBe(original);
        expect(after?.barcode).not.toBe(undefined);
      }
      if (field === 'lineage') expect(Object.values(before?.lineage ?? {}).join(';')).toBe(original);
      if (field === 'coordinates')
        expect(`${before?.place?.latitude ?? ''},${before?.place?.longitude ?? ''}`).toBe(original);
      if (field === 'photo') expect(planted.photoOf.get(processId)).not.toBe(processId);
      if (field === 'photo') expect(after).toEqual(before);
      else expect(after).not.toEqual(before);
    }
  });

  it('keep the rate that was asked for, within rounding', () => {
    for (const kind of ['in-frame-stop', 'numt', 'contaminant-parasite', 'wrong-coordinates'] as const) {
      expect(ofKind(kind).length / size.specimens).toBeGreaterThan(0.012);
      expect(ofKind(kind).length / size.specimens).toBeLessThan(0.021);
    }
  });

  it('name near mislabels after congeners and far ones after other families', () => {
    for (const { processId } of ofKind('mislabelled-near')) {
      const [before, after] = [clean.specimens[at(processId)], planted.specimens[at(processId)]];
      expect(after?.lineage.genus).toBe(before?.lineage.genus);
      expect(after?.lineage.species).not.toBe(before?.lineage.species);
    }
    for (const { processId } of ofKind('mislabelled-far')) {
      const [before, after] = [clean.specimens[at(processId)], planted.specimens[at(processId)]];
      expect(after?.lineage.family).not.toBe(before?.lineage.family);
      expect(Object.keys(after?.lineage ?? {})).toEqual(Object.keys(before?.lineage ?? {}));
    }
    for (const { processId } of ofKind('cryptic-species')) {
      const mates = clean.specimens.filter(
        ({ lineage }) => lineage.species === clean.specimens[at(processId)]?.lineage.species,
      );
      const names = mates.map((mate) => planted.specimens[at(mate.processId)]?.lineage.species);
      expect(new Set(names).size).toBe(1);
    }
  });

  it('put stops into the reading frame, and nothing else', () => {
    for (const { processId } of ofKind('in-frame-stop')) {
      const barcode = planted.specimens[at(processId)]?.barcode ?? '';
      const original = clean.specimens[at(processId)]?.barcode ?? '';
      const haplotype = clean.truth[at(processId)]?.haplotype ?? '';
      const start = haplotype.search(new RegExp(original.replaceAll('N', '.')));
      const codons = barcode.slice((4 - (start % 3)) % 3).match(/[ACGT]{3}|.{3}/g) ?? [];
      expect(codons.filter((codon) => /^[ACGT]{3}$/.test(codon) && translateCodon(codon) === '*')).toHaveLength(1);
      expect([...barcode].filter((letter, i) => letter !== original[i])).toHaveLength(1);
    }
  });

  it('take contaminants from parasites and neighbours, duplicates from other splits', () => {
    for (const { processId, others } of ofKind('contaminant-parasite')) {
      const host = clean.truth[at(processId)]?.lineage.order;
      const parasite = clean.truth[at(others[0] ?? '')]?.lineage.order;
      expect(parasite).toBe(host === 'Hymenoptera' ? 'Diptera' : 'Hymenoptera');
    }
    for (const { processId, others } of [...ofKind('contaminant-neighbour'), ...ofKind('carry-over')]) {
      const [own, other] = [clean.truth[at(processId)]?.berth, clean.truth[at(others[0] ?? '')]?.berth];
      expect(own?.plate).toBe(other?.plate);
      expect([1, 8]).toContain(Math.abs((own?.well ?? 0) - (other?.well ?? 0)));
    }
    expect(ofKind('duplicated-barcode').length).toBeGreaterThan(0);
    for (const { processId, others } of ofKind('duplicated-barcode')) {
      const [own, other] = [planted.specimens[at(processId)], planted.specimens[at(others[0] ?? '')]];
      expect(own?.barcode).toBe(other?.barcode);
      expect(own?.split).not.toBe(other?.split);
    }
  });

  it('shift whole plates: by one well, or by half a turn', () => {
    for (const [kind, from] of [
      ['plate-off-by-one', (i: number, n: number) => (i + n - 1) % n],
      ['plate-rotated', (i: number, n: number) => n - 1 - i],
    ] as const) {
      const plate = clean.truth[at(ofKind(kind)[0]?.processId ?? '')]?.berth.plate;
      const wells = clean.truth.flatMap((row, i) => (row.berth.plate === plate ? [i] : []));
      expect(wells.length).toBeGreaterThan(7);
      wells.forEach((index, i) => {
        const donor = wells[from(i, wells.length)] ?? -1;
        expect(planted.specimens[index]?.barcode).toBe(clean.specimens[donor]?.barcode);
      });
    }
  });
});
