import { describe, expect, it } from 'vitest';
import { dealRecords } from '../src/attribution/own-subject.js';
import type { StudyRecord } from '../src/attribution/study-rows.js';

const photo: StudyRecord['photo'] = { plain: { width: 1, height: 1, data: new Uint8Array(3) }, views: [] };

/** 20 species of 12 specimens with a BIN and a barcode each, and three rows without a species for every one. */
const records: StudyRecord[] = Array.from({ length: 20 }, (_, s) => {
  const [bin, barcode] = [`BOLD:${s}`, `ACGT${s}`];
  const named = Array.from({ length: 12 }, (__, i) => ({
    ...{ id: `${s}-${i}`, lineage: { genus: 'Aedes', species: `Aedes ${s}` }, bin, barcode, photo },
  }));
  const lineage = { genus: 'Aedes' };
  return [
    ...named,
    { id: `${s}-bin`, lineage, bin, photo },
    { id: `${s}-barcode`, lineage, barcode, photo },
    { id: `${s}-neither`, lineage, bin: 'BOLD:other', barcode: 'TTTT', photo },
  ];
}).flat();

describe('the deal of own specimens', () => {
  it('trains on no row that may be of a species held out: by name, by BIN, by barcode', () => {
    const deal = dealRecords(records, 1, { seenSpecies: 12, unseenSpecies: 5 });
    const species = (positions: readonly number[]): Set<string> =>
      new Set(positions.map((at) => records[at]?.id.split('-')[0] ?? ''));
    const [seen, unseen] = [species(deal.seenQueries), species(deal.unseenQueries)];
    expect([seen.size >= 12, unseen.size >= 5]).toEqual([true, true]);
    const training = new Set(deal.training.map((at) => records[at]?.id));
    for (const one of unseen) {
      expect(training.has(`${one}-0`) || training.has(`${one}-bin`) || training.has(`${one}-barcode`)).toBe(false);
      expect(training.has(`${one}-neither`)).toBe(true);
    }
    for (const one of seen) expect(training.has(`${one}-bin`) && training.has(`${one}-barcode`)).toBe(true);
    const asked = [...deal.seenQueries, ...deal.unseenQueries, ...deal.unseenKeys];
    expect(asked.some((at) => training.has(records[at]?.id))).toBe(false);
  });
});
