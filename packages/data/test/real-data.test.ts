import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSpecimens, readSpecimenTable, type SpecimenTable } from '../src/index.js';

const root = process.env['BIOSCAN_REAL_DATA'];
if (root === undefined) console.warn('BIOSCAN_REAL_DATA is not set: the readers are not tested on real records.');

const coi = (name: string): string => join(root ?? '', 'coi', name);

function distinct(table: SpecimenTable, name: string): number {
  const column = table.column(name);
  return column?.kind === 'text' ? column.dictionary.length : 0;
}

/** Values of `name` that at least `least` rows have. */
function frequent(table: SpecimenTable, name: string, least: number): number {
  const column = table.column(name);
  if (column?.kind !== 'text') return 0;
  const counts = new Uint32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  return counts.filter((count) => count >= least).length;
}

/** Expected numbers come with the data. */
describe.skipIf(root === undefined)('real records', () => {
  it('mixed.tsv', async () => {
    const table = await readSpecimenTable(coi('mixed.tsv'));
    expect(table.length).toBe(3908);
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 0 });
    expect(['barcode', 'bin', 'species', 'order', 'family', 'country'].map((name) => distinct(table, name))).toEqual([
      2893, 976, 556, 14, 114, 71,
    ]);
    expect(frequent(table, 'species', 3)).toBe(416);
    expect([...table].filter((specimen) => specimen.lineage.species === undefined)).toHaveLength(764);
    expect([...table].filter((specimen) => specimen.lineage.genus === undefined)).toHaveLength(553);
  });

  it('insects.tsv.gz', async () => {
    const table = await readSpecimenTable(coi('insects.tsv.gz'));
    expect(table.length).toBe(108_656);
    // Fourteen records have a longitude without a latitude, or the other way round.
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 14, byReason: { 'half-pair': 14 } });
    expect(['barcode', 'bin', 'species', 'order', 'genus', 'country'].map((name) => distinct(table, name))).toEqual([
      50_326, 1398, 1023, 4, 364, 157,
    ]);
    expect(frequent(table, 'species', 3)).toBe(1021);
    const column = table.column('latitude');
    expect(column?.kind === 'number' && column.values.filter((value) => !Number.isNaN(value)).length).toBe(97_673);
    const lengths = new Set([...table].map((specimen) => specimen.barcode?.length));
    expect([lengths.has(80), lengths.has(1555)]).toEqual([true, true]);
  });

  it('insects.tsv.gz, streamed and projected', async () => {
    let albopictus = 0;
    const options = {
      columns: ['species'],
      where: (specimen: { lineage: { species?: string } }) => specimen.lineage.species === 'Aedes albopictus',
    };
    for await (const specimen of readSpecimens(coi('insects.tsv.gz'), options))
      if (specimen.barcode === undefined) albopictus++;
    expect(albopictus).toBe(3732);
  });

  it('bioscan1m_validation_metadata.tsv', async () => {
    const table = await readSpecimenTable(coi('bioscan1m_validation_metadata.tsv'));
    expect(table.source.schema).toBe('bioscan1m');
    expect(table.length).toBe(8273);
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 0 });
    expect(distinct(table, 'bin')).toBe(4480);
    expect(table.column('barcode')).toBeUndefined();
  });
});
