import { rng, type LabelRank } from '@bioscan/core';
import { classScores, equalise, estimate, intervalOf, resampler, scores, stratify, type Outcomes } from '@bioscan/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from './golden.js';

const ranks: LabelRank[] = ['order', 'genus', 'species', 'bin'];

/** Outcomes of 1 to 60 queries: species nested in genera nested in orders; BINs cut across. */
const someOutcomes = fc
  .tuple(
    fc.constantFrom(...ranks),
    fc.array(fc.record({ species: fc.nat(11), bin: fc.nat(6), right: fc.nat(1), hasKey: fc.nat(1) }), {
      minLength: 1,
      maxLength: 60,
    }),
  )
  .map(([rank, rows]) =>
    outcomesOf(
      rank,
      rows.map(({ species, bin, right, hasKey }, i) => {
        const genus = `g${Math.floor(species / 3)}`;
        const truth = { order: `o${Math.floor(species / 6)}`, genus, species: `s${species}`, bin: `b${bin}` }[
          rank as 'order'
        ];
        return { id: `q${i}`, truth, unit: `species:s${species}`, genus, right: hasKey * right, hasKey };
      }),
    ),
  );

function permuted(outcomes: Outcomes, seed: number): Outcomes {
  const order = rng(seed).shuffle(outcomes.queryIds.map((_, i) => i));
  const pick = <T>(list: ArrayLike<T>): T[] => order.map((i) => list[i]!);
  return {
    ...outcomes,
    queryIds: pick(outcomes.queryIds),
    truth: pick(outcomes.truth),
    unit: pick(outcomes.unit),
    genus: pick(outcomes.genus),
    place: Int32Array.from(pick(outcomes.place)),
    hasKey: Uint8Array.from(pick(outcomes.hasKey)),
    abstains: Uint8Array.from(pick(outcomes.abstains)),
  };
}

describe('laws of the scores', () => {
  it('macro and micro lie within [0, 1], between the worst and the best class, below the ceiling', () => {
    fc.assert(
      fc.property(someOutcomes, (outcomes) => {
        const all = scores(outcomes);
        const accuracies = classScores(outcomes).map(({ accuracy }) => accuracy);
        for (const value of [all.macro, all.micro]) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...accuracies) - 1e-12);
          expect(value).toBeLessThanOrEqual(Math.max(...accuracies) + 1e-12);
        }
        expect(all.micro).toBeLessThanOrEqual(all.ceiling.micro + 1e-12);
        expect(all.macro).toBeLessThanOrEqual(all.ceiling.macro + 1e-12);
        const counts = classScores(outcomes).map(({ queries }) => queries);
        if (new Set(counts).size === 1) expect(all.macro).toBeCloseTo(all.micro, 12);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all.queries);
      }),
    );
  });

  it('do not depend on the order of queries, nor do replicates', () => {
    fc.assert(
      fc.property(someOutcomes, fc.nat(1000), (outcomes, seed) => {
        const other = permuted(outcomes, seed);
        const [a, b] = [scores(outcomes), scores(other)];
        expect(b.macro).toBeCloseTo(a.macro, 12);
        expect(b.micro).toBeCloseTo(a.micro, 12);
        const draws = resampler({ rng: rng(4), replicates: 8 });
        for (const statistic of ['macro', 'micro'] as const) {
          const [x, y] = [estimate(outcomes, draws, { statistic }), estimate(other, draws, { statistic })];
          expect(y.pairing).toBe(x.pairing);
          x.replicates.forEach((value, r) => {
            expect(y.replicates[r]).toBeCloseTo(value, 12);
          });
        }
      }),
    );
  });

  it('replicates lie within [0, 1], and are constant where all queries fare alike', () => {
    fc.assert(
      fc.property(someOutcomes, fc.nat(1), (outcomes, fate) => {
        const draws = resampler({ rng: rng(5), replicates: 20 });
        for (const value of estimate(outcomes, draws).replicates) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        const alike = { ...outcomes, place: outcomes.place.map(() => fate - 1) };
        for (const value of estimate(alike, draws).replicates) expect(value).toBeCloseTo(fate, 12);
        const interval = intervalOf(estimate(alike, draws));
        if (interval !== undefined) expect(interval.high - interval.low).toBeCloseTo(0, 12);
      }),
    );
  });
});

describe('laws of strata', () => {
  it('strata partition the queries, and their micro accuracies average to the whole', () => {
    fc.assert(
      fc.property(someOutcomes, (outcomes) => {
        const strata = stratify(outcomes, (id) => (Number(id.slice(1)) % 3 === 0 ? 'third' : 'rest'));
        const parts = [...strata.values()].map((part) => scores(part));
        expect(parts.reduce((sum, { queries }) => sum + queries, 0)).toBe(outcomes.queryIds.length);
        const micro = parts.reduce((sum, part) => sum + part.micro * part.queries, 0) / outcomes.queryIds.length;
        expect(micro).toBeCloseTo(scores(outcomes).micro, 12);
      }),
    );
  });

  it('equal composition: a set against itself changes nothing, against others weights add up to what is common', () => {
    fc.assert(
      fc.property(someOutcomes, (outcomes) => {
        const stratumOf = (id: string): string => `genus ${outcomes.genus[outcomes.queryIds.indexOf(id)]!}`;
        const same = equalise(outcomes, outcomes, stratumOf);
        expect(scores(same.a).macro).toBeCloseTo(scores(outcomes).macro, 12);
        expect(same.dropped).toEqual({ a: 0, b: 0 });
        expect([...same.composition.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('equal composition by hand: unseen looks harder only because it has more of the hard order', () => {
    const rows = (counts: readonly [number, number], prefix: string) =>
      (['easy', 'hard'] as const).flatMap((order, o) =>
        Array.from({ length: counts[o]! }, (_, i) => ({
          id: `${prefix}${order}${i}`,
          truth: `${prefix}${order}${i}`,
          unit: `${prefix}${order}${i}`,
          right: o === 0 ? 1 : 0,
        })),
      );
    const seen = outcomesOf('species', rows([8, 2], 's'));
    const unseen = outcomesOf('species', rows([2, 8], 'u'));
    expect([scores(seen).macro, scores(unseen).macro]).toEqual([0.8, 0.2]);
    const { a, b, composition } = equalise(seen, unseen, (id) => (id.includes('easy') ? 'easy' : 'hard'));
    expect([...composition]).toEqual([
      ['easy', 0.5],
      ['hard', 0.5],
    ]);
    expect(scores(a).macro).toBeCloseTo(0.5, 12);
    expect(scores(b).macro).toBeCloseTo(0.5, 12);
  });
});
