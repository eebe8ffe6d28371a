import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ranks, type Rank, type Specimen } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import {
  bagsGrades,
  binsWithSeveralNames,
  checkBinNames,
  checkCircularNames,
  checkSpeciesBins,
  criteria,
  library,
  recordCriteria,
  taxaInSeveralBins,
  type BagsPreset,
  type Library,
} from '@bioscan/qc';

interface MadeUpRecord {
  readonly processId: string;
  readonly lineage: Specimen['lineage'];
  readonly bin: string | null;
  readonly method: string | null;
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/qc/names.json', import.meta.url), 'utf8')) as {
  readonly records: readonly MadeUpRecord[];
  readonly gradeRecords: readonly MadeUpRecord[];
  readonly conflicts: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;
  readonly bags: Readonly<Record<BagsPreset, Readonly<Record<string, string>>>>;
  readonly grades: Readonly<Record<BagsPreset, Readonly<Record<string, string>>>>;
};

function libraryOf(rows: readonly MadeUpRecord[]): Library {
  return library(
    rows.map(({ processId, lineage, bin, method }) => ({
      processId,
      lineage,
      ...(bin === null ? {} : { bin }),
      ...(method === null ? {} : { curation: { identificationMethod: method } }),
    })),
  );
}
const madeUp = libraryOf(golden.records);

describe('names and BINs against plain Python', () => {
  it('finds the conflicts of the oracle at every rank, with and without a minimum', () => {
    let compared = 0;
    for (const [key, expected] of Object.entries(golden.conflicts)) {
      const [side, rank, minimum] = key.split(' ') as ['bin' | 'taxon', Rank, string];
      const find = side === 'bin' ? binsWithSeveralNames : taxaInSeveralBins;
      const found = find(madeUp, rank, { minimum: Number(minimum) }).map(({ name, counts }) => [
        name,
        Object.fromEntries(
          counts.map((part) => [part.name, part.records.map((record) => madeUp.records[record]?.processId)]),
        ),
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
      compared += found.length;
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('grades species as the oracle does, with both presets and all six grades', () => {
    const grades = libraryOf(golden.gradeRecords);
    const seen = new Set<string>();
    for (const preset of ['bge', 'original'] as const) {
      for (const [one, expected] of [
        [madeUp, golden.bags[preset]],
        [grades, golden.grades[preset]],
      ] as const) {
        const found = Object.fromEntries(bagsGrades(one, preset).map(({ species, grade }) => [species, grade]));
        expect(found).toEqual(expected);
        Object.values(found).forEach((grade) => seen.add(grade));
      }
    }
    expect([...seen].sort().join('')).toBe('ABCDEF');
  });

  it('blames the lone name, not the majority, and says at which rank', () => {
    const rows = Array.from({ length: 9 }, (_, i) => ({
      processId: `B${i}`,
      bin: 'BOLD:AAA0001',
      lineage: { order: 'Coleoptera', genus: 'Crypticus', species: 'Crypticus quisquilius' },
    }));
    const bee = { order: 'Hymenoptera', genus: 'Coelioxys', species: 'Coelioxys conoidea' };
    const others = ['X1', 'X2', 'X3'].map((processId, i) => ({
      processId,
      bin: i === 0 ? 'BOLD:AAA0001' : 'BOLD:AAA0002',
      lineage: bee,
    }));
    const [finding, ...more] = checkBinNames(library([...rows, ...others]));
    expect(more).toEqual([]);
    expect(finding?.records).toEqual(['X1']);
    expect(finding?.evidence).toMatchObject({ rank: 'order', majority: 'Coleoptera' });
    expect(finding?.message).toBe('BOLD:AAA0001 holds several orders: Coleoptera (9 records), Hymenoptera (1 record).');
    expect(checkSpeciesBins(library([...rows, ...others]))[0]?.records).toEqual(['X1']);
  });

  it('takes names from the barcode for no evidence, and says so', () => {
    const lineage = { genus: 'Aus', species: 'Aus bus' };
    const rows = Array.from({ length: 6 }, (_, i) => ({
      processId: `P${i}`,
      bin: 'BOLD:AAA0001',
      lineage: i < 3 ? lineage : { genus: 'Cus', species: 'Cus dus' },
      ...(i < 3 ? {} : { curation: { identificationMethod: 'BOLD ID Engine: top hits' } }),
    }));
    expect(checkBinNames(library(rows))).toEqual([]);
    expect(checkCircularNames(library(rows))[0]?.records).toEqual(['P3', 'P4', 'P5']);
  });

  it('answers the sixteen criteria, each with a reason', () => {
    const full: Specimen = {
      processId: 'A1-20',
      lineage: { species: 'Apis mellifera' },
      bin: 'BOLD:AAA2326',
      barcode: `NN${'ACGT'.repeat(125)}`,
      image: { file: 'a.jpg' },
      place: { country: 'Norway', province: 'Viken', latitude: 60, longitude: 10 },
      curation: {
        voucher: 'Vouchered: registered collection, holotype', identifier: 'A. Person', identificationMethod: 'Morphology', collectors: 'B. Person',
        collectionDate: '2020-01-01', site: 'garden', sector: 'north', institution: 'Museum', museumId: 'M1',
      },
    }; // prettier-ignore
    const met = recordCriteria(full);
    expect(met.map(({ criterion }) => criterion)).toEqual([...criteria]);
    expect(met.filter((one) => !one.met)).toEqual([]);
    const bare = recordCriteria({
      processId: 'A2-20',
      lineage: { species: 'Apis cf. mellifera' },
      bin: 'BOLD:AAA2326',
      barcode: 'N'.repeat(600),
      curation: { identificationMethod: 'BIN Taxonomy Match' },
    });
    expect(bare.filter((one) => one.met)).toEqual([]);
    expect(bare.every(({ reason }) => reason !== '')).toBe(true);
  });
});

describe('bad input', () => {
  it('finds nothing and does not fail without BIN, species or barcode', () => {
    const one = library([
      { processId: 'A', lineage: {} },
      { processId: 'B', lineage: { species: 'Aus bus' } },
    ]);
    expect([...checkBinNames(one), ...checkSpeciesBins(one), ...checkCircularNames(one)]).toEqual([]);
    expect(bagsGrades(one).map(({ grade }) => grade)).toEqual(['F']);
  });

  it('keeps the first of rows with one process id and reports what they disagree on', () => {
    const one = library([
      { processId: 'A', lineage: { species: 'Aus bus' }, barcode: 'ACGT' },
      { processId: 'A', lineage: { species: 'Aus cus' }, barcode: 'ac-gtn' },
      { processId: 'B', lineage: {} },
      { processId: 'B', lineage: {} },
    ]);
    expect(one.records).toHaveLength(2);
    expect(one.records[0]?.lineage.species).toBe('Aus bus');
    expect(one.duplicates.map(({ check, evidence }) => [check, evidence['fields']])).toEqual([
      ['conflicting-duplicate-id', ['species']],
      ['duplicate-id', undefined],
    ]);
  });
});

const realData = process.env.BIOSCAN_REAL_DATA;
if (realData === undefined) console.warn('golden counts of tier 1 skipped: BIOSCAN_REAL_DATA is not set');

describe.skipIf(realData === undefined || !existsSync(realData))('tier 1 on insects', () => {
  it('has the golden counts at every rank', async () => {
    const table = await readSpecimenTable(join(realData ?? '', 'coi', 'insects.tsv.gz'), {
      columns: ['processId', 'bin', ...ranks],
    });
    const insects = library(table);
    expect(binsWithSeveralNames(insects, 'species', { minimum: 1 })).toHaveLength(41);
    expect(taxaInSeveralBins(insects, 'species', { minimum: 1 })).toHaveLength(252);
    expect(binsWithSeveralNames(insects, 'species')).toHaveLength(41);
    expect(taxaInSeveralBins(insects, 'species')).toHaveLength(251);
    expect(binsWithSeveralNames(insects, 'genus')).toHaveLength(6);
    expect(binsWithSeveralNames(insects, 'order').map(({ name }) => name)).toEqual(['BOLD:AAO3453']);
    expect(checkBinNames(insects)).toHaveLength(41);
  });
});
