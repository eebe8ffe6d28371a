import {
  barcodeGaps,
  geographicSpan,
  globalThreshold,
  haplotypes,
  thresholdCount,
  type HaplotypePair,
  type HaplotypeRecord,
} from '@bioscan/qc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function record(
  processId: string,
  species: string | undefined,
  barcode: string,
  place?: [number, number],
): HaplotypeRecord {
  return {
    processId,
    barcode,
    lineage: species === undefined ? {} : { species },
    ...(place === undefined ? {} : { place: { country: 'x', latitude: place[0], longitude: place[1] } }),
  };
}

/** Differences per site of strings of equal length: plain, so that the expected numbers can be counted by eye. */
function allPairs(barcodes: readonly string[]): HaplotypePair[] {
  return barcodes.flatMap((one, a) =>
    barcodes.slice(0, a).map((other, b) => ({
      a,
      b,
      distance: [...one].filter((letter, i) => letter !== other[i]).length / one.length,
    })),
  );
}

const records = [
  record('R1', 'near one', 'AAAAAAAAAA', [0, 0]),
  record('R2', 'near one', 'aaaa-aaaaac', [0, 90]),
  record('R3', 'near one', 'NNAAAAAAAAAA'),
  record('R4', 'near two', 'AAAAAAAACC'),
  record('R5', 'near two', 'CCCCAAAACC'),
  record('R6', 'far', 'GGGGGGGGGG'),
  record('R7', 'far', 'GGGGGGGGGT'),
  record('R8', 'alone', 'TTTTTTTTTT'),
  record('R9', undefined, 'AAAAAAAAAT'),
  record('R10', 'alone', ''),
];

describe('haplotypes', () => {
  it('are different barcodes of a name, whatever case and gaps; rows may come in any order', () => {
    const list = haplotypes(records);
    expect(list.map(({ name, barcode, records: ids }) => [name, barcode, ids.join(' ')])).toEqual([
      ['alone', 'TTTTTTTTTT', 'R8'],
      ['far', 'GGGGGGGGGG', 'R6'],
      ['far', 'GGGGGGGGGT', 'R7'],
      ['near one', 'AAAAAAAAAA', 'R1 R3'],
      ['near one', 'AAAAAAAAAC', 'R2'],
      ['near two', 'AAAAAAAACC', 'R4'],
      ['near two', 'CCCCAAAACC', 'R5'],
    ]);
    expect(haplotypes([...records].reverse())).toEqual(list);
    expect(haplotypes(records, { nameOf: ({ lineage }) => lineage.genus })).toEqual([]);
  });
});

describe('barcodeGaps', () => {
  const list = haplotypes(records);
  const { species, haplotypes: each } = barcodeGaps(list, allPairs(list.map(({ barcode }) => barcode)), records);
  const of = (name: string): (typeof species)[number] | undefined => species.find((one) => one.name === name);

  it('is the smallest distance to another species less the largest within', () => {
    expect(of('near one')).toMatchObject({ records: 3, haplotypes: 2, largestWithin: 0.1 });
    expect(of('near one')?.nearestOther).toMatchObject({ distance: 0.1, haplotype: { name: 'near two' } });
    expect(of('near one')?.gap).toBe(0);
    expect(of('far')?.gap).toBeCloseTo(0.8);
    expect(of('near two')?.gap).toBeCloseTo(-0.3);
  });

  it('is local: pairwise asks the nearest species too', () => {
    expect(of('far')?.pairwise).toBe(true);
    expect(of('near one')?.pairwise).toBe(false);
  });

  it('is undefined below two haplotypes, and a part of a barcode is no haplotype', () => {
    expect(of('alone')).toMatchObject({ haplotypes: 1, largestWithin: undefined, gap: undefined, pairwise: undefined });
    expect(of('alone')?.undefinedBecause).toBe('one haplotype');
    const parts = haplotypes([record('A', 'x', 'ACGTACGT'), record('B', 'x', 'CGTACG')]);
    const [part] = barcodeGaps(parts, [{ a: 0, b: 1, distance: 0 }]).species;
    expect(part).toMatchObject({ haplotypes: 1, largestWithin: undefined, undefinedBecause: 'one haplotype' });
  });

  it('names what is missing', () => {
    const pair = haplotypes([record('A', 'x', 'AC'), record('B', 'x', 'CA')]);
    expect(barcodeGaps(pair, []).species[0]?.undefinedBecause).toBe('nothing comparable within');
    expect(barcodeGaps(pair, [{ a: 0, b: 1, distance: 1 }]).species[0]?.undefinedBecause).toBe('no other species near');
    expect(barcodeGaps([], [])).toEqual({ haplotypes: [], species: [] });
    expect(() => barcodeGaps(pair, [{ a: 0, b: 2, distance: 1 }])).toThrow(RangeError);
    expect(() => barcodeGaps(pair, [{ a: 0, b: 1, distance: Number.NaN }])).toThrow(RangeError);
  });

  it('says for each haplotype how far its own are and how near others', () => {
    const r2 = each.find(({ haplotype }) => haplotype.records.includes('R2'));
    expect(r2?.farthestOwn).toMatchObject({ distance: 0.1, haplotype: { records: ['R1', 'R3'] } });
    expect(r2?.nearestOther).toMatchObject({ distance: 0.1, haplotype: { name: 'near two' } });
  });

  it('does not depend on the order of the pairs', () => {
    const pairs = allPairs(list.map(({ barcode }) => barcode));
    const swapped = [...pairs].reverse().map(({ a, b, distance }) => ({ a: b, b: a, distance }));
    expect(barcodeGaps(list, swapped, records).species).toEqual(species);
  });

  it('states the span of its places', () => {
    expect(of('near one')?.span).toMatchObject({ georeferenced: 2, countries: 1 });
    // A quarter of the equator.
    expect(of('near one')?.span.kilometres).toBeCloseTo((Math.PI / 2) * 6371.0088, 6);
    expect(of('far')?.span).toEqual({ georeferenced: 0, kilometres: undefined, countries: 0 });
  });

  it('counts what a threshold for all does, and finds the best', () => {
    expect(thresholdCount(species, 0.1)).toEqual({ threshold: 0.1, species: 3, delimited: 1, split: 1, lumped: 2 });
    expect(globalThreshold(species)).toMatchObject({ threshold: 0.1, delimited: 1 });
    expect(globalThreshold([])).toBeUndefined();
  });
});

it('the best threshold is no worse than any other', () => {
  const distance = fc.integer({ min: 0, max: 12 });
  const gaps = fc.array(fc.tuple(distance, distance), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(gaps, distance, (pairs, threshold) => {
      const haplotype = { name: '', barcode: '', records: [] };
      const species = pairs.map(([largestWithin, other]) => ({
        name: '', records: 0, haplotypes: 2, largestWithin, gap: other - largestWithin, pairwise: undefined,
        nearestOther: { haplotype, distance: other }, span: geographicSpan([]),
      })); // prettier-ignore
      const best = globalThreshold(species);
      expect(best?.delimited).toBeGreaterThanOrEqual(thresholdCount(species, threshold).delimited);
    }),
  );
});

it('a span over many places is within 1 % of the exact one', () => {
  let i = 0;
  const random = (): number => (i = (i * 16807 + 12345) % 2147483647) / 2147483647;
  const places = Array.from({ length: 3000 }, () => ({ latitude: 10 + 30 * random(), longitude: -20 + 50 * random() }));
  const few = [...places.slice(0, 400), { latitude: 10, longitude: -20 }, { latitude: 40, longitude: 30 }];
  const exact = geographicSpan(few).kilometres as number;
  const quick = geographicSpan([...places, ...few]).kilometres as number;
  expect(quick).toBeGreaterThan(exact * 0.99);
  expect(quick).toBeLessThan(exact * 1.02);
});
