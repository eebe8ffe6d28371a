import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import {
  equalAreaGrid,
  geographyCounts,
  geographyReport,
  occurrencesOf,
  planBlockFolds,
  rangePrior,
  skew,
  wellPlaced,
  type Occurrence,
} from '@bioscan/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';

const latitude = fc.double({ min: -90, max: 90, noNaN: true });
const longitude = fc.double({ min: -179.99, max: 179.99, noNaN: true });

describe('equal-area blocks', () => {
  /** Area of a box on the sphere, by the formula of the spherical zone. */
  function area({ south, north, west, east }: { south: number; north: number; west: number; east: number }): number {
    const radians = Math.PI / 180;
    return 6371 ** 2 * (Math.sin(north * radians) - Math.sin(south * radians)) * (east - west) * radians;
  }

  it('hold the places that they are named for', () => {
    fc.assert(
      fc.property(latitude, longitude, fc.constantFrom(10, 100, 500), (y, x, kilometres) => {
        const grid = equalAreaGrid(kilometres);
        const box = grid.boxOf(grid.cellOf(y, x));
        const slack = 1e-9;
        return (
          y >= box.south - slack &&
          y <= box.north + slack &&
          (x === 180 || (x >= box.west - slack && x <= box.east + slack))
        );
      }),
    );
  });

  it('have 10,000 square kilometres, to 1 % up to 70 degrees', () => {
    const grid = equalAreaGrid(100);
    let compared = 0;
    for (let y = -70; y <= 70; y += 0.69) {
      expect(Math.abs(area(grid.boxOf(grid.cellOf(y, 12.3))) / 10_000 - 1)).toBeLessThan(0.01);
      compared++;
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('join both sides of the date line', () => {
    const grid = equalAreaGrid(100);
    expect(grid.cellOf(10, 180)).toBe(grid.cellOf(10, -180));
    expect(grid.cellOf(10, 190)).toBe(grid.cellOf(10, -170));
  });

  it('refuse what is no place', () => {
    const grid = equalAreaGrid(100);
    for (const [y, x] of [
      [Number.NaN, 0],
      [0, Number.NaN],
      [90.5, 0],
      [0, Infinity],
    ] as const) {
      expect(() => grid.cellOf(y, x)).toThrow(RangeError);
    }
    expect(() => equalAreaGrid(Number.NaN)).toThrow(RangeError);
    expect(() => skew([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('occurrences', () => {
  it('count what is set aside, half pairs apart', () => {
    const lineage = { genus: 'Aus', species: 'Aus bus' };
    const { placed, setAside } = occurrencesOf([
      { processId: 'A', lineage, place: { latitude: 1, longitude: 2 } },
      { processId: 'B', lineage, place: { latitude: 1 } },
      { processId: 'C', lineage, place: { longitude: 2 } },
      { processId: 'D', lineage, place: { country: 'Peru' } },
      { processId: 'E', lineage },
      { processId: 'F', lineage, place: { latitude: 91, longitude: 2 } },
      { processId: 'G', lineage: { genus: 'Aus' }, place: { latitude: 1, longitude: 2 } },
    ]);
    expect(placed.map(({ id }) => id)).toEqual(['A']);
    expect(setAside).toEqual({ halfPairs: 2, withoutCoordinates: 2, outOfRange: 1, withoutName: 1 });
  });

  it('keep species with enough of them', () => {
    const at = (id: string, species: string): Occurrence => ({ id, species, genus: 'Aus', latitude: 0, longitude: 0 });
    expect(wellPlaced([at('1', 'a'), at('2', 'a'), at('3', 'b')], 2).map(({ id }) => id)).toEqual(['1', '2']);
  });
});

describe('range prior', () => {
  const grid = equalAreaGrid(100);
  const at = (species: string, y: number, x: number): Occurrence => ({
    id: `${species}${y},${x}`,
    species,
    genus: 'Aus',
    latitude: y,
    longitude: x,
  });

  it('is the mean of exp(-distance / reach) over occupied cells', () => {
    // On the equator a degree is 6371 π / 180 = 111.1949 km; the two records at 30 degrees east lie in one cell, at its mean.
    const prior = rangePrior([at('a', 0, 10), at('a', 0, 30), at('a', 0, 29.9)], { grid, reach: 500 });
    const degree = 111.19493;
    const expected = (Math.exp((-10 * degree) / 500) + Math.exp((-29.95 * degree) / 500)) / 2;
    expect(grid.cellOf(0, 30)).toBe(grid.cellOf(0, 29.9));
    expect(prior.density('a', 0, 0)).toBeCloseTo(expected, 8);
    expect(prior.nearest('a', 0, 0)).toBeCloseTo(10 * degree, 3);
    expect(prior.nearest('a', 0, -175)).toBeCloseTo(155 * degree, 1);
  });

  it('knows nothing of a species without records', () => {
    const prior = rangePrior([at('a', 0, 10)], { grid });
    expect(prior.density('b', 0, 10)).toBeUndefined();
    expect(prior.nearest('b', 0, 10)).toBeUndefined();
  });

  it('does not count a trap twice', () => {
    const once = rangePrior([at('a', 0, 10), at('a', 20, 10)], { grid });
    const often = rangePrior([at('a', 0, 10), at('a', 0, 10), at('a', 0, 10), at('a', 20, 10)], { grid });
    expect(often.density('a', 3, 3)).toBeCloseTo(once.density('a', 3, 3) ?? 0, 12);
  });
});

describe('folds of blocks', () => {
  it('never part a block, and hold about as many records each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(latitude, longitude), { minLength: 40, maxLength: 80 }),
        fc.nat(),
        (places, seed) => {
          const grid = equalAreaGrid(500);
          fc.pre(new Set(places.map(([y, x]) => grid.cellOf(y, x))).size >= 3);
          const occurrences = places.flatMap(([y, x], i) =>
            [0, 1].map((copy) => ({ id: `${i}-${copy}`, species: 's', genus: 'g', latitude: y, longitude: x })),
          );
          const folds = planBlockFolds(occurrences, { grid, rng: rng(seed), folds: 3 });
          places.forEach((_, i) => {
            expect(folds.foldOf(`${i}-0`)).toBe(folds.foldOf(`${i}-1`));
          });
          expect(new Set(occurrences.map(({ id }) => folds.foldOf(id))).size).toBe(3);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('counts of places', () => {
  const places = [
    { country: 'Peru', province: 'Pasco', latitude: -10.5, longitude: -75.5 },
    { country: 'Peru', province: 'Pasco', latitude: -10.5, longitude: -75.5 },
    { country: 'Chad' },
    { country: 'Peru', latitude: 3 },
    { latitude: 95, longitude: 0 },
    undefined,
  ];
  const counts = geographyCounts(
    places.map((place) => ({ place })),
    equalAreaGrid(100),
  );

  it('count countries, provinces, cells, and what is missing', () => {
    expect(counts.countries).toEqual([
      { name: 'Peru', records: 3 },
      { name: 'Chad', records: 1 },
    ]);
    expect(counts.provinces).toEqual([{ name: 'Peru / Pasco', records: 2 }]);
    expect(counts.cells).toHaveLength(1);
    expect(counts.cells[0]?.records).toBe(2);
    expect([counts.records, counts.georeferenced, counts.points]).toEqual([6, 2, 1]);
    expect(counts.missing).toEqual({ country: 2, province: 4, coordinates: 2, halfPairs: 1, outOfRange: 1 });
  });

  it('every record is in a cell or counted as missing', () => {
    const place = fc.record(
      {
        country: fc.constantFrom('Peru', 'Chad'),
        latitude: fc.double({ min: -100, max: 100, noNaN: true }),
        longitude,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(place), (rows) => {
        const { georeferenced, cells, missing, records } = geographyCounts(
          rows.map((one) => ({ place: one })),
          equalAreaGrid(500),
        );
        expect(cells.reduce((sum, cell) => sum + cell.records, 0)).toBe(georeferenced);
        expect(georeferenced + missing.coordinates + missing.halfPairs + missing.outOfRange).toBe(records);
      }),
    );
  });

  it('become a report with a map, half pairs in the warnings, and empty tables said to be empty', () => {
    const provenance = { seeds: [], encoders: [], versions: {} };
    const report = geographyReport(counts, { title: 'Where', provenance, listed: 1 });
    expect(report.maps?.[0]?.cells).toEqual([expect.objectContaining({ value: 2 })]);
    expect(report.tables[0]?.rows).toEqual([
      ['Peru', 3, '50.0'],
      ['1 others', 1, '16.7'],
    ]);
    expect(report.warnings[0]).toContain('1 records have half a coordinate pair');
    const nothing = geographyReport(geographyCounts([], equalAreaGrid(100)), { title: 'Nowhere', provenance });
    expect(nothing.tables[2]?.rows.map(([, number]) => number)).toEqual(['empty', 'empty', 'empty']);
  });
});

describe('skew', () => {
  it('agrees with numpy and scipy', () => {
    const { skew: cases } = golden('geography') as {
      skew: { counts: number[]; gini: number; shannon: number; effective: number; largest: number }[];
    };
    let compared = 0;
    for (const { counts, gini, shannon, effective, largest } of cases) {
      const found = skew(counts);
      expect(found.gini).toBeCloseTo(gini, 10);
      expect(found.shannon).toBeCloseTo(shannon, 10);
      expect(found.effective).toBeCloseTo(effective, 8);
      expect(found.largest).toBeCloseTo(largest, 12);
      compared++;
    }
    expect(compared).toBe(6);
  });

  it('half of all: the fewest that hold it', () => {
    expect(skew([1, 1, 1, 1]).half).toBe(2);
    expect(skew([10, 1, 1, 1]).half).toBe(1);
    expect(skew([3, 3, 3]).half).toBe(2);
    expect(Number.isNaN(skew([]).gini)).toBe(true);
    expect(() => skew([0, 1])).toThrow(RangeError);
  });
});

const realData = process.env.BIOSCAN_REAL_DATA;
if (realData === undefined) console.warn('golden counts of places skipped: BIOSCAN_REAL_DATA is not set');

describe.skipIf(realData === undefined || !existsSync(realData))('places of insects', () => {
  it('903 species have 20 georeferenced records or more; 14 pairs are half', async () => {
    const columns = ['processId', 'genus', 'species', 'country', 'latitude', 'longitude'] as const;
    const table = await readSpecimenTable(join(realData ?? '', 'coi', 'insects.tsv.gz'), { columns });
    const { placed } = occurrencesOf(table);
    expect(placed).toHaveLength(97_673);
    expect(new Set(placed.map((one) => `${one.latitude},${one.longitude}`)).size).toBe(13_093);
    expect(new Set(wellPlaced(placed).map(({ species }) => species)).size).toBe(903);
    const counts = geographyCounts(table, equalAreaGrid(100));
    expect(counts.countries).toHaveLength(157);
    expect([counts.georeferenced, counts.points]).toEqual([97_673, 13_093]);
    expect(table.rejects.rows.filter(({ reason }) => reason === 'half-pair')).toHaveLength(14);
  }, 60_000);
});
