import { isBioscanError, rng, type LabelRank } from '@bioscan/core';
import {
  combineSeeds,
  estimate,
  harmonic,
  harmonicMean,
  intervalOf,
  metricOf,
  pairedDifference,
  resampler,
  type Draws,
  type Outcomes,
  type Resampler,
  type ResamplingUnit,
} from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { studentT975 } from '../src/seeds.js';
import { golden, outcomesOf, type KnnGolden } from './golden.js';

interface Case {
  readonly rank: LabelRank;
  readonly unit: ResamplingUnit;
  readonly ids: readonly string[];
  readonly hits: readonly number[];
  readonly draws: readonly (readonly (readonly number[])[])[];
  readonly macro: readonly number[];
  readonly micro: readonly number[];
  readonly macroInterval: readonly [number, number];
  readonly microInterval: readonly [number, number];
}

const data = golden('bootstrap') as {
  readonly cases: readonly Case[];
  readonly scipy: {
    readonly ids: readonly string[];
    readonly hits: readonly number[];
    readonly value: number;
    readonly low: number;
    readonly high: number;
  };
  readonly t975: Readonly<Record<string, number>>;
};
const records = new Map((golden('knn') as KnnGolden).queries.map((record) => [record.processId, record]));

function outcomesFor(rank: LabelRank, ids: readonly string[], hits: readonly number[]): Outcomes {
  return outcomesOf(
    rank,
    ids.map((id, i) => {
      const { lineage, bin } = records.get(id)!;
      const unit =
        lineage.species !== undefined
          ? `species:${lineage.species}`
          : bin !== undefined
            ? `bin:${bin}`
            : `record:${id}`;
      const truth = rank === 'bin' ? bin! : lineage[rank]!;
      return { id, truth, unit, genus: lineage.genus ?? unit, right: hits[i]! };
    }),
  );
}

/** The oracle's draws instead of our own; units are numbered alike, in sorted order. */
function givenDraws(draws: Case['draws']): Resampler {
  const own = resampler({ rng: rng(1), replicates: draws.length });
  return {
    replicates: draws.length,
    draw(outcomes, unit): Draws {
      const copies = draws.flat();
      const starts = copies.map(({ length }) => length).reduce<number[]>((sums, n) => [...sums, sums.at(-1)! + n], [0]);
      return {
        ...own.draw(outcomes, unit),
        replicateStart: Int32Array.from(
          draws.map(({ length }) => length).reduce<number[]>((sums, n) => [...sums, sums.at(-1)! + n], [0]),
        ),
        copyStart: Int32Array.from(starts),
        drawn: Int32Array.from(copies.flat()),
      };
    },
  };
}

describe('bootstrap against explicit recomputation of every draw', () => {
  it('has the cases', () => {
    expect(data.cases.map(({ rank }) => rank)).toEqual(['species', 'bin', 'order', 'genus']);
  });

  it.each(data.cases)('$rank by $unit', ({ rank, unit, ids, hits, draws, ...expected }) => {
    const outcomes = outcomesFor(rank, ids, hits);
    for (const statistic of ['macro', 'micro'] as const) {
      const result = estimate(outcomes, givenDraws(draws), { statistic, unit });
      expect(result.replicates).toHaveLength(60);
      expected[statistic].forEach((value, r) => {
        expect(result.replicates[r]).toBeCloseTo(value, 10);
      });
      const interval = intervalOf(result)!;
      const [low, high] = expected[`${statistic}Interval`];
      expect(interval.low).toBeCloseTo(low, 10);
      expect(interval.high).toBeCloseTo(high, 10);
      expect(interval.unit).toBe(unit);
    }
  });

  it("agrees with scipy's interval over species, within the noise of the draws", () => {
    const { ids, hits, value, low, high } = data.scipy;
    const result = estimate(outcomesFor('species', ids, hits), resampler({ rng: rng(5), replicates: 4000 }));
    const interval = intervalOf(result)!;
    expect(result.value).toBeCloseTo(value, 12);
    expect(Math.abs(interval.low - low)).toBeLessThan(0.12 * (high - low));
    expect(Math.abs(interval.high - high)).toBeLessThan(0.12 * (high - low));
  });
});

const seen = outcomesFor('species', data.scipy.ids, data.scipy.hits);
const other = { ...seen, place: seen.place.map((place, i) => (i % 3 === 0 ? 0 : place)) };

describe('pairing', () => {
  const draws = resampler({ rng: rng(11), replicates: 300 });

  it('gives the difference of a thing with itself as exactly 0', () => {
    const difference = pairedDifference(estimate(seen, draws), estimate(seen, draws));
    expect(difference.value).toBe(0);
    expect(difference.replicates.every((value) => value === 0)).toBe(true);
    expect(intervalOf(difference)).toMatchObject({ low: 0, high: 0 });
  });

  it('subtracts draw by draw, so that a system that is never worse has no negative draw', () => {
    const difference = pairedDifference(estimate(other, draws), estimate(seen, draws));
    expect(difference.value).toBeGreaterThan(0);
    expect(Math.min(...difference.replicates)).toBeGreaterThanOrEqual(0);
    const reverse = pairedDifference(estimate(seen, draws), estimate(other, draws));
    expect(Array.from(reverse.replicates, (value) => -value)).toEqual([...difference.replicates]);
  });

  it('refuses other queries and other draws', () => {
    const fewer = { ...seen, queryIds: seen.queryIds.map((id) => `${id}x`) };
    const strangers = [estimate(fewer, draws), estimate(seen, resampler({ rng: rng(12), replicates: 300 }))];
    for (const stranger of strangers) {
      let caught: unknown;
      try {
        pairedDifference(estimate(seen, draws), stranger);
      } catch (error) {
        caught = error;
      }
      expect(isBioscanError(caught) && caught.code).toBe('mismatch');
    }
    expect(() =>
      pairedDifference(estimate(seen, draws), estimate(seen, resampler({ rng: rng(11), replicates: 10 }))),
    ).toThrow(TypeError);
  });

  it('draws other units independently: harmonic means mix no draws', () => {
    const unseen = {
      ...other,
      unit: other.unit.map((unit) => `${unit} (unseen)`),
      queryIds: other.queryIds.map((id) => `u${id}`),
    };
    const [a, b] = [estimate(seen, draws), estimate(unseen, draws)];
    const joint = harmonicMean(a, b);
    expect(joint.value).toBeCloseTo(harmonic(a.value, b.value), 12);
    joint.replicates.forEach((value, r) => {
      expect(value).toBeCloseTo((2 * a.replicates[r]! * b.replicates[r]!) / (a.replicates[r]! + b.replicates[r]!), 12);
    });
    expect(Math.abs(correlation(a.replicates, b.replicates))).toBeLessThan(0.2);
    const paired = estimate(other, draws);
    expect(correlation(a.replicates, paired.replicates)).toBeGreaterThan(0.4);
    expect(() => harmonicMean(a, a)).toThrow(TypeError);
  });
});

describe('seeds', () => {
  const draws = resampler({ rng: rng(3), replicates: 200 });
  const runs = [0, 1, 2].map((shift) =>
    estimate({ ...seen, place: seen.place.map((p, i) => (i % 7 === shift ? 0 : p)) }, draws),
  );

  it('lists values, their t(2) interval, and the interval over species of the mean', () => {
    const summary = combineSeeds(runs);
    const values = runs.map(({ value }) => value);
    const mean = values.reduce((a, b) => a + b) / 3;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    expect(summary.values).toEqual(values);
    expect(summary.deviation).toBeCloseTo(deviation, 12);
    expect(summary.interval!.high - mean).toBeCloseTo((4.302653 * deviation) / Math.sqrt(3), 6);
    expect(summary.interval!.unit).toBe('seed');
    expect(summary.mean.replicates[7]).toBeCloseTo(
      runs.reduce((sum, run) => sum + run.replicates[7]! / 3, 0),
      12,
    );
    expect(metricOf(summary.mean).interval!.unit).toBe('species');
  });

  it('knows no interval of one seed', () => {
    expect(combineSeeds(runs.slice(0, 1))).toMatchObject({ interval: undefined, deviation: undefined, range: 0 });
    expect(() => combineSeeds([])).toThrow(RangeError);
  });

  it("has Student's t as scipy has it", () => {
    expect(Object.keys(data.t975)).toHaveLength(9);
    for (const [degrees, value] of Object.entries(data.t975))
      expect(studentT975(Number(degrees))).toBeCloseTo(value, 4);
  });
});

describe('too little to say', () => {
  it('gives no interval of one species and NaN without queries', () => {
    const one = outcomesOf('species', [{ id: 'a', truth: 'x', unit: 'x', right: 1 }]);
    const draws = resampler({ rng: rng(1), replicates: 10 });
    expect(intervalOf(estimate(one, draws))).toBeUndefined();
    const none = estimate(outcomesOf('species', []), draws);
    expect(none).toMatchObject({ count: 0, value: Number.NaN });
    expect(intervalOf(none)).toBeUndefined();
  });
});

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (x: Float64Array, mx: number, y: Float64Array, my: number): number =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}
