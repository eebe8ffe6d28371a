import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rng, type Neighbours } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import {
  breakTies,
  equalAreaGrid,
  geographyCounts,
  geographyReport,
  intervalOf,
  labelTable,
  occurrencesOf,
  placeReport,
  placeStudy,
  placeVerdict,
  planBlockFolds,
  rangePrior,
  rankSpecies,
  resampler,
  scorePredictions,
  scores,
  skew,
  wellPlaced,
  type LabelTable,
  type Occurrence,
  type PlaceStudy,
  type PlaceTask,
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

/** Two keys a species: queries of `gap` between the nearest species and the next. */
function made(
  rows: readonly { query: string; first: string; second: string; gap: number }[],
  species: readonly string[],
): Neighbours {
  const index = rows.flatMap(({ first, second }) => [species.indexOf(first), species.indexOf(second)]);
  const score = rows.flatMap(({ gap }) => [1, 1 - gap]);
  return {
    queryIds: rows.map(({ query }) => query),
    keyIds: species.map((name) => `key ${name}`),
    k: 2,
    index: Int32Array.from(index),
    score: Float32Array.from(score),
    higherIsNearer: true,
  };
}

describe('breaking ties', () => {
  const species = ['Aus a', 'Aus b', 'Bus c'];
  const labels = labelTable([
    ...species.map((name) => ({ processId: `key ${name}`, lineage: { genus: name.slice(0, 3), species: name } })),
    { processId: 'q', lineage: { genus: 'Aus', species: 'Aus b' } },
  ]);

  it('exchanges congeners within the margin where the second is preferred, and nothing else', () => {
    const first = (
      row: { first: string; second: string; gap: number },
      margin: number,
      preferred: number | undefined,
    ): string | undefined =>
      breakTies(rankSpecies(made([{ query: 'q', ...row }], species), labels), margin, () => preferred).labels[0]?.[0];
    const congeners = { first: 'Aus a', second: 'Aus b', gap: 0.1 };
    expect(first(congeners, 0.2, -1)).toBe('Aus b');
    expect(first(congeners, 0.2, 1)).toBe('Aus a');
    expect(first(congeners, 0.2, 0)).toBe('Aus a');
    expect(first(congeners, 0.2, undefined)).toBe('Aus a');
    expect(first(congeners, 0.05, -1)).toBe('Aus a');
    expect(first({ first: 'Aus a', second: 'Bus c', gap: 0 }, 1, -1)).toBe('Aus a');
  });

  it('a neutral place leaves every ranking as it was', () => {
    const row = fc.record({ first: fc.nat(2), second: fc.nat(2), gap: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.double({ min: 0, max: 2, noNaN: true }), (rows, margin) => {
        const asked = rows.map(({ first, second, gap }, i) => ({
          query: `q${i}`,
          first: species[first] ?? '',
          second: species[second] ?? '',
          gap,
        }));
        const rankings = rankSpecies(made(asked, species), labels);
        expect(breakTies(rankings, margin, () => undefined).labels).toEqual(rankings.rows.map((one) => one.species));
        expect(breakTies(rankings, margin, () => 0).labels).toEqual(rankings.rows.map((one) => one.species));
      }),
    );
  });

  it('never changes which two names stand first', () => {
    const rankings = rankSpecies(made([{ query: 'q', first: 'Aus a', second: 'Aus b', gap: 0 }], species), labels);
    const before = scores(
      scorePredictions(
        breakTies(rankings, 0, () => 1),
        labels,
      ),
      2,
    ).micro;
    expect(
      scores(
        scorePredictions(
          breakTies(rankings, 1, () => -1),
          labels,
        ),
        2,
      ).micro,
    ).toBe(before);
  });
});

/**
 * Sixty genera of two species, on an island each or mixed on both; the signal is right in 60 % and its gap says nothing.
 * Truth by construction: apart, place decides all; together, it decides nothing.
 */
function islands(apart: boolean, seed = 1): PlaceTask {
  const random = rng(seed);
  const grid = equalAreaGrid(100);
  const occurrences: Occurrence[] = [];
  for (let genus = 0; genus < 60; genus++) {
    for (const [side, name] of ['a', 'b'].entries()) {
      for (let i = 0; i < 12; i++) {
        const island = apart ? side : random.integer(2);
        occurrences.push({
          id: `${genus}${name}${i}`,
          species: `G${genus} ${name}`,
          genus: `G${genus}`,
          latitude: 6 * random.uniform(),
          longitude: 40 * island + 6 * random.uniform(),
        });
      }
    }
  }
  const folds = planBlockFolds(occurrences, { grid, rng: random.split('folds') });
  const labels: LabelTable = labelTable(
    occurrences.map(({ id, species, genus }) => ({ processId: id, lineage: { species, genus } })),
  );
  return { neighbours: noisy(occurrences, folds, random), labels, occurrences, folds, grid };
}

function noisy(
  occurrences: readonly Occurrence[],
  folds: PlaceTask['folds'],
  random: ReturnType<typeof rng>,
): Neighbours {
  const index: number[] = [];
  const score: number[] = [];
  occurrences.forEach(({ id, species, genus }) => {
    const keyOf = (wanted: (one: Occurrence) => boolean): number =>
      occurrences.findIndex((one) => one.genus === genus && folds.foldOf(one.id) !== folds.foldOf(id) && wanted(one));
    const [own, other] = [keyOf((one) => one.species === species), keyOf((one) => one.species !== species)];
    index.push(...(random.uniform() < 0.6 ? [own, other] : [other, own]));
    score.push(1, 1 - 0.1 * random.uniform());
  });
  const ids = occurrences.map(({ id }) => id);
  return {
    queryIds: ids,
    keyIds: ids,
    k: 2,
    index: Int32Array.from(index),
    score: Float32Array.from(score),
    higherIsNearer: true,
  };
}

function gainOf(study: PlaceStudy, name: string): { value: number; low: number; high: number } {
  const gain = study.arms.find(({ arm }) => arm === name)?.gain.macro;
  const { low = NaN, high = NaN } = gain === undefined ? {} : (intervalOf(gain) ?? {});
  return { value: gain?.value ?? NaN, low, high };
}

describe('does place help, where the truth is known', () => {
  const options = { resampler: resampler({ rng: rng(2), replicates: 200 }), rng: rng(3), permutations: 5 };
  const apart = placeStudy(islands(true), options);
  const together = placeStudy(islands(false), options);

  it('species that live apart: range decides every tie, its permutation none', () => {
    const range = apart.arms.find(({ arm }) => arm === 'range');
    expect(apart.signal.micro.value).toBeGreaterThan(0.5);
    expect(range?.accuracy.micro.value).toBe(1);
    expect(range?.broken).toBe(0);
    expect(gainOf(apart, 'range').low).toBeGreaterThan(0.3);
    const permuted = gainOf(apart, 'permuted');
    expect(permuted.low).toBeLessThan(0.02);
    expect(Math.abs(permuted.value)).toBeLessThan(0.06);
    expect(gainOf(apart, 'coordinate-1nn').low).toBeGreaterThan(0.3);
    expect(placeVerdict(apart)).toContain('not demonstrably more than coordinate 1-NN');
  });

  it('species that live together: no gain, and the sentence says so', () => {
    expect(gainOf(together, 'range').low).toBeLessThanOrEqual(0);
    expect(Math.abs(gainOf(together, 'permuted').value)).toBeLessThan(0.06);
    expect(placeVerdict(together)).toMatch(/did not demonstrably help|did harm|No query ties/);
  });

  it('counts what it did', () => {
    expect(apart.queries + apart.validationQueries).toBe(1440);
    expect(apart.ties).toBe(apart.congeners);
    expect(apart.winnable).toBe(apart.ties);
    expect(apart.gainByDistance.reduce((sum, { ties }) => sum + ties, 0)).toBe(apart.ties);
    expect(apart.warnings).toEqual([]);
  });

  it('refuses keys of the query’s own block', () => {
    const task = islands(true);
    const own = task.neighbours.queryIds.map((_, i) => i);
    const leaky = { ...task.neighbours, k: 1, index: Int32Array.from(own), score: new Float32Array(own.length) };
    expect(() => placeStudy({ ...task, neighbours: leaky }, options)).toThrow(/fold of its query/);
    const { folds } = task;
    const unplaced = { ...folds, foldOf: (id: string) => (id === '0a0' ? undefined : folds.foldOf(id)) };
    const key = task.neighbours.queryIds.indexOf('0a0');
    const [query] = task.neighbours.queryIds.filter((id) => id !== '0a0');
    const pointing = {
      ...task.neighbours,
      queryIds: [query ?? ''],
      k: 1,
      index: Int32Array.of(key),
      score: Float32Array.of(1),
    };
    expect(() => placeStudy({ ...task, folds: unplaced, neighbours: pointing }, options)).toThrow(
      "key '0a0' without a fold for query",
    );
  });

  it('names the fold that lacks queries', () => {
    const task = islands(true);
    const { neighbours, folds } = task;
    const only = (choosing: boolean): Neighbours => {
      const rows = neighbours.queryIds.flatMap((id, row) => ((folds.foldOf(id) === 0) === choosing ? [row] : []));
      return {
        ...neighbours,
        queryIds: rows.map((row) => neighbours.queryIds[row] ?? ''),
        index: Int32Array.from(rows.flatMap((row) => [...neighbours.index.subarray(2 * row, 2 * row + 2)])),
        score: Float32Array.from(rows.flatMap((row) => [...neighbours.score.subarray(2 * row, 2 * row + 2)])),
      };
    };
    expect(() => placeStudy({ ...task, neighbours: only(false) }, options)).toThrow(/no query in fold 0/);
    expect(() => placeStudy({ ...task, neighbours: only(true) }, options)).toThrow(/no query outside fold 0/);
  });

  it('is neutral without records of a species', () => {
    const task = islands(true);
    const onlyA = task.occurrences.map((one) =>
      one.species.endsWith('b') ? { ...one, species: `${one.species} unknown` } : one,
    );
    const study = placeStudy({ ...task, occurrences: onlyA }, options);
    for (const { gain, fixed, broken } of study.arms) {
      expect([gain.macro.value, fixed, broken]).toEqual([0, 0, 0]);
    }
  });

  it('reports with limits, and gains as figures', () => {
    const report = placeReport(apart, {
      title: 'Place',
      signal: 'a coin',
      provenance: { seeds: [1], encoders: [], versions: {} },
    });
    expect(report.limits.length).toBeGreaterThan(2);
    expect(report.tables[0]?.rows).toHaveLength(6);
    expect(report.figures.map(({ series }) => series[0]?.points.length)).toEqual([5, apart.gainByDistance.length]);
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
