import { describe, expect, it } from 'vitest';
import { kmerMeanOf, studyRows, type StudyRecord } from '../src/attribution/study-rows.js';
import { twoViewSubject } from '../src/attribution/two-view-subject.js';
import { fewerRows } from '../src/attribution/simulated-world.js';
import { quickStudy } from '../src/attribution/study-settings.js';
import { rng } from '@bioscan/core';

const side = 8;
const random = rng(4);
const barcodes = Array.from({ length: 3 }, () =>
  Array.from({ length: 600 }, () => 'ACGT'.charAt(random.integer(4))).join(''),
);

function records(change: Partial<StudyRecord> = {}): StudyRecord[] {
  const picture = (shade: number) => ({ width: side, height: side, data: new Uint8Array(3 * side * side).fill(shade) });
  return barcodes.map((barcode, i) => ({
    ...{ id: `S${i}`, lineage: { genus: 'Aedes', species: 'Aedes a' }, bin: `BOLD:${i}`, barcode },
    photo: { plain: picture(40 * i), views: [picture(40 * i + 1)] },
    ...(i === 1 ? change : {}),
  }));
}

describe('the hash of rows', () => {
  it('covers what they hold, not ids alone', async () => {
    const hashOf = async (list: readonly StudyRecord[]): Promise<string> => {
      const kmerMean = await kmerMeanOf(records(), quickStudy);
      return (await studyRows(list, quickStudy, { labels: 'record', kmerMean })).hash;
    };
    const [one] = records();
    const photo = (one as StudyRecord).photo;
    const { plain, views } = (records()[1] as StudyRecord).photo;
    const others: readonly Partial<StudyRecord>[] = [
      { lineage: { genus: 'Aedes', species: 'Aedes b' } },
      { truth: { genus: 'Aedes', species: 'Aedes b' } },
      { bin: 'BOLD:9' },
      { barcode: barcodes[0] as string },
      { photo: { plain: photo.plain, views } },
      { photo: { plain, views: photo.views } },
      { photo: { plain, views: [] } },
    ];
    const hashes = await Promise.all([records(), ...others.map(records)].map(hashOf));
    expect(new Set(hashes).size).toBe(others.length + 1);
    expect(await hashOf(records())).toBe(hashes[0]);
  });

  it('of a two-view subject covers names and BINs, and one made of another keeps its origin', () => {
    const table = barcodes.map((barcode, i) => ({ processId: `S${i}`, lineage: { species: 'Aedes a' }, barcode }));
    const hashOf = (list: typeof table): string => twoViewSubject({ name: 'x', records: list, seed: 1 }).hash;
    const renamed = table.map((record, i) => (i === 1 ? { ...record, lineage: { species: 'Aedes b' } } : record));
    expect(hashOf(renamed)).not.toBe(hashOf(table));
    expect(hashOf([...table])).toBe(hashOf(table));
    const source = twoViewSubject({ name: 'x', records: table, seed: 1 });
    const few = fewerRows(source, 0.5);
    expect([few.origin, few.hash === source.hash]).toEqual([source.hash, false]);
    expect(fewerRows(few, 0.25).origin).toBe(source.hash);
  });
});
