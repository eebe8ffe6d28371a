import { rng, type Neighbours } from '@bioscan/core';
import {
  breakTies,
  equalAreaGrid,
  intervalOf,
  labelTable,
  placeReport,
  placeStudy,
  placeVerdict,
  planBlockFolds,
  rankSpecies,
  resampler,
  scorePredictions,
  scores,
  type LabelTable,
  type Occurrence,
  type PlaceStudy,
  type PlaceTask,
} from '@bioscan/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

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
