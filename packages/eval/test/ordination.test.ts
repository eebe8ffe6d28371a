import { readFileSync } from 'node:fs';
import { isBioscanError } from '@bioscan/core';
import {
  chooseDimension,
  distanceNeighbours,
  boundaryFigure,
  boundaryTable,
  euclideanDistances,
  fitPcoa,
  projectPcoa,
  speciesBoundary,
  truncatePcoa,
} from '@bioscan/eval';
import { rng } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

interface Golden {
  readonly cases: readonly {
    readonly n: number;
    readonly keys: readonly number[];
    readonly across: readonly number[];
    readonly eigenvalues: readonly number[];
    readonly dimension: number;
    readonly coordinates: readonly number[];
    readonly placed: readonly number[];
    readonly negativeShare: number;
  }[];
  readonly boundary: {
    readonly divergence: readonly number[];
    readonly conspecific: readonly boolean[];
    readonly distance: readonly number[];
    readonly auc: readonly number[];
  };
}
const golden = JSON.parse(readFileSync('fixtures/eval/ordination.json', 'utf8')) as Golden;

function close(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

describe('principal coordinates', () => {
  it('equal NumPy: eigenvalues, coordinates, projected queries, share of negative eigenvalues', () => {
    expect(golden.cases).toHaveLength(2);
    for (const { n, keys, across, eigenvalues, dimension, coordinates, placed, negativeShare } of golden.cases) {
      const pcoa = fitPcoa(Float64Array.from(keys), n, { dimension });
      close(pcoa.eigenvalues, eigenvalues, 6);
      close(pcoa.exact, coordinates, 6);
      close(projectPcoa(pcoa, Float64Array.from(across)).data, placed, 4);
      expect(pcoa.negativeShare).toBeCloseTo(negativeShare, 9);
    }
    expect(golden.cases[0]?.negativeShare).toBeCloseTo(0, 12);
    expect(golden.cases[1]?.negativeShare).toBeGreaterThan(0.01);
  });

  it('keep Euclidean distances, and place a key where it lies', () => {
    const { n, keys } = golden.cases[0] as Golden['cases'][number];
    const pcoa = fitPcoa(Float64Array.from(keys), n);
    expect(pcoa.dimension).toBe(4);
    close(euclideanDistances(pcoa.coordinates.data, pcoa.coordinates.data, 4), keys, 5);
    close(projectPcoa(pcoa, Float64Array.from(keys)).data, [...pcoa.coordinates.data], 5);
    const two = truncatePcoa(pcoa, 2);
    close(two.exact, [...fitPcoa(Float64Array.from(keys), n, { dimension: 2 }).exact], 9);
  });

  it('refuse what is no distance', () => {
    const refusal = (values: readonly number[], n: number): string => {
      try {
        fitPcoa(Float64Array.from(values), n);
      } catch (error) {
        if (isBioscanError(error)) return error.code;
        throw error;
      }
      return '';
    };
    expect(refusal([0, Number.NaN, Number.NaN, 0], 2)).toBe('bad-input');
    expect(refusal([0, 1, 2, 0], 2)).toBe('bad-input');
    expect(refusal([0, -1, -1, 0], 2)).toBe('bad-input');
    expect(refusal([1, 1, 1, 0], 2)).toBe('bad-input');
    expect(refusal([0, 1, 1], 2)).toBe('mismatch');
    expect(fitPcoa(Float64Array.of(0, 0, 0, 0), 2)).toMatchObject({ dimension: 0, negativeShare: 0 });
  });
});

describe('nearest neighbours by distance', () => {
  it('stand in key order where tied, and leave out what could not be compared', () => {
    const found = distanceNeighbours(
      Float64Array.of(2, 1, 1, Number.NaN, Number.NaN, 3),
      ['q', 'r'],
      ['a', 'b', 'c'],
      2,
    );
    expect([...found.index]).toEqual([1, 2, 2, -1]);
    expect(found.higherIsNearer).toBe(false);
    expect(found.score[3]).toBeNaN();
  });

  it('choose the dimension on validation, the fewest of equal ones', () => {
    // Two groups apart on the first axis; the second axis is wider but says nothing.
    const points = [[0, 0], [0, 9], [4, 0], [4, 9]] as const; // prettier-ignore
    const queries = [[1, 9.4], [3, 0.3], [1, 4], [9, 9]] as const; // prettier-ignore
    const flat = (list: readonly (readonly [number, number])[]): Float32Array => Float32Array.from(list.flat());
    const keys = euclideanDistances(flat(points), flat(points), 2);
    const distances = euclideanDistances(flat(queries), flat(points), 2);
    const task = { distances, queryLabels: ['x', 'y', 'x', undefined], keyLabels: ['x', 'x', 'y', 'y'] };
    const chosen = chooseDimension(fitPcoa(keys, 4), { ...task, dimensions: [1, 2, 7] });
    expect(chosen.trials.map(({ dimension }) => dimension)).toEqual([1, 2]);
    expect(chosen.trials[1]?.accuracy).toBe(1);
    expect(chosen.trials[0]?.accuracy).toBeLessThan(1);
    expect(chosen).toMatchObject({ raw: 1, queries: 3, pcoa: { dimension: 2 } });
  });
});

describe('the species boundary', () => {
  const { divergence, conspecific, distance, auc } = golden.boundary;
  const pairs = {
    divergence: Float64Array.from(divergence),
    conspecific,
    distances: { system: Float64Array.from(distance) },
  };

  it('has the AUC of scikit-learn in each band, ties included', () => {
    const bands = speciesBoundary(pairs);
    expect(bands.map(({ from }) => from)).toEqual([0, 0.01, 0.02, 0.03, 0.04]);
    close(bands.map((band) => band.auc ?? Number.NaN), auc, 10); // prettier-ignore
  });

  it('draws genera with all their pairs: an interval around the value, none for one genus, and a table with empty cells', () => {
    const groups = divergence.map((_, i) => `genus ${i % 25}`);
    const bands = speciesBoundary(pairs, undefined, { groups, rng: rng(1), draws: 100 });
    for (const { auc: value = Number.NaN, interval } of bands) {
      expect(interval?.unit).toBe('genus');
      expect(interval?.low).toBeLessThan(value);
      expect(interval?.high).toBeGreaterThan(value);
    }
    const [single] = speciesBoundary(pairs, undefined, { groups: groups.map(() => 'one'), rng: rng(1), draws: 10 });
    expect(single?.interval?.low).toBe(single?.auc);
    expect(single?.interval?.high).toBe(single?.auc);
    expect(() => speciesBoundary(pairs, undefined, { groups: ['one'], rng: rng(1) })).toThrow(/got 1 groups/);

    const table = boundaryTable([
      ...bands,
      { system: 'system', from: 0.05, to: 0.06, conspecific: 3, congeneric: 0, auc: undefined },
    ]);
    expect(table.columns).toEqual(['system', '0-1 %', '1-2 %', '2-3 %', '3-4 %', '4-5 %', '5-6 %']);
    expect(table.rows[0]?.at(-1)).toBe('empty');
    expect(table.rows[0]?.[1]).toMatchObject({ value: auc[0], interval: { level: 0.95 } });
    expect(table.rows[2]?.at(-1)).toBe(0);
    expect(boundaryFigure(bands).series[0]?.points).toHaveLength(5);
  });

  it('has no AUC where one kind is missing', () => {
    const [band] = speciesBoundary({ ...pairs, conspecific: conspecific.map(() => true) });
    expect(band).toMatchObject({ congeneric: 0, auc: undefined });
    expect(() => speciesBoundary({ ...pairs, conspecific: [] })).toThrow(/expected 400/);
  });
});
