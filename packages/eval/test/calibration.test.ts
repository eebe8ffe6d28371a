import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  curveAt,
  likenessPValues,
  rng,
  tensor,
  type Metric,
  type Neighbours,
  type RankCalibration,
  type Tensor,
} from '@bioscan/core';
import {
  abstentionCurve,
  assertionThresholds,
  auroc,
  detectableShift,
  fitUnlikeGate,
  fitVotes,
  isotonicRegression,
  kolmogorovSmirnovTest,
  judgeVotes,
  labelTable,
  leadingTaxa,
  noveltyScores,
  openSetReport,
  priorWeights,
  properScores,
  reliability,
  voteExamples,
  voteReport,
  wilsonInterval,
  type VoteExample,
} from '@bioscan/eval';
import { logisticFit } from '../src/calibration/logistic-fit.js';

/** Written by fixtures/oracle/calibration.py with scikit-learn and scipy. */
const golden = JSON.parse(readFileSync('fixtures/eval/calibration.json', 'utf8')) as {
  readonly isotonic: readonly { x: number[]; y: number[]; weights: number[] | null; at: number[]; values: number[] }[];
  readonly proper: readonly {
    probabilities: number[][];
    truth: number[];
    weights: number[] | null;
    logLoss: number;
    brier: number;
  }[];
  readonly equalMass: readonly {
    confidence: number[];
    right: boolean[];
    bins: number;
    error: number;
    groups: [number, number][];
  }[];
  readonly logistic: readonly { x: number[]; y: number[]; weights: number[]; at: number[]; values: number[] }[];
  readonly twoSample: readonly { a: number[]; b: number[]; statistic: number; exact: number | null }[];
  readonly wilson: readonly { right: number; total: number; low: number; high: number }[];
};

describe("scores are scikit-learn's and scipy's", () => {
  it('isotonic regression, with and without weights and ties', () => {
    let compared = 0;
    for (const { x, y, weights, at, values } of golden.isotonic) {
      const curve = isotonicRegression(x, y, weights ?? undefined);
      at.forEach((place, i) => {
        expect(curveAt(curve, place)).toBeCloseTo(values[i] as number, 10);
        compared++;
      });
    }
    expect(compared).toBe(100);
  });

  it('negative log likelihood and Brier score', () => {
    for (const { probabilities, truth, weights, logLoss, brier } of golden.proper) {
      const rows = probabilities.map((row, i) => ({ probabilities: row, truth: truth[i] as number }));
      const found = properScores(rows, weights ?? undefined);
      expect(found.negativeLogLikelihood).toBeCloseTo(logLoss, 6);
      expect(found.brier).toBeCloseTo(brier, 10);
    }
    expect(golden.proper).toHaveLength(4);
  });

  it('calibration error over bins of equal mass', () => {
    for (const { confidence, right, bins, error, groups } of golden.equalMass) {
      const found = reliability(confidence, right, { bins });
      expect(found.expectedCalibrationError).toBeCloseTo(error, 12);
      expect(found.bins.map((bin) => [bin.confidence, bin.accuracy])).toEqual(
        groups.map((pair) => pair.map((value) => expect.closeTo(value, 10) as number)),
      );
    }
    expect(golden.equalMass).toHaveLength(2);
  });

  it('weighted logistic regression', () => {
    for (const { x, y, weights, at, values } of golden.logistic) {
      const { intercept, slope } = logisticFit(x, y, weights);
      expect(at.map((value) => 1 / (1 + Math.exp(-(intercept + slope * value))))).toEqual(
        values.map((value) => expect.closeTo(value, 5) as number),
      );
    }
    expect(logisticFit([1, 2], [1, 1], [1, 1])).toEqual({ intercept: Math.log(3), slope: 0 });
  });

  it('Kolmogorov-Smirnov statistic, and its exact p-value within what permutations can say', () => {
    for (const { a, b, statistic, exact } of golden.twoSample) {
      const found = kolmogorovSmirnovTest(a, b, { rng: rng(5), draws: 4000 });
      expect(found.statistic).toBeCloseTo(statistic, 12);
      if (exact !== null) expect(Math.abs(found.pValue - exact)).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
    }
    expect(golden.twoSample).toHaveLength(3);
  });

  it("Wilson's interval", () => {
    for (const { right, total, low, high } of golden.wilson) {
      const interval = wilsonInterval(right, total, 'photo');
      expect(interval?.low).toBeCloseTo(low, 10);
      expect(interval?.high).toBeCloseTo(high, 10);
    }
    expect(wilsonInterval(0, 0, 'photo')).toBeUndefined();
  });
});

describe('isotonicRegression', () => {
  it('never falls and keeps the weighted mean', () => {
    const point = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 40 }), (points) => {
        const x = points.map(([value]) => value);
        const y = points.map(([, one]) => (one ? 1 : 0));
        const curve = isotonicRegression(x, y);
        curve.to.slice(1).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(curve.to[i] as number);
        });
        const fitted = x.reduce((sum, value) => sum + curveAt(curve, value), 0);
        expect(fitted).toBeCloseTo(
          y.reduce<number>((sum, value) => sum + value, 0),
          6,
        );
      }),
    );
  });
});

/** Orders A to D of five species each; keys of all species but the last of an order; a query shows its species more or less clearly. */
function world(seed: number, size: number): { examples: VoteExample[]; neighbours: Neighbours } {
  const random = rng(seed);
  const species = Array.from({ length: 20 }, (_, s) => ({ order: `Order ${s % 4}`, species: `Species ${s}` }));
  const keyed = species.filter((_, s) => s < 16);
  const keyIds = keyed.flatMap((_, s) => Array.from({ length: 6 }, (__, i) => `K${s}-${i}`));
  const queryIds = Array.from({ length: size }, (_, q) => `Q${q}`);
  const lineages = queryIds.map(() => species[random.integer(20)] as (typeof species)[number]);
  const labels = labelTable([
    ...keyIds.map((processId, key) => ({ processId, lineage: keyed[Math.floor(key / 6)] ?? {} })),
    ...queryIds.map((processId, q) => ({ processId, lineage: lineages[q] ?? {} })),
  ]);
  const k = 60;
  const index = new Int32Array(size * k);
  const score = new Float32Array(size * k);
  lineages.forEach((lineage, q) => {
    const clear = random.uniform();
    const rows = keyIds.map((_, key) => {
      const own = keyed[Math.floor(key / 6)];
      const near = (own?.order === lineage.order ? 0.2 : 0) + (own?.species === lineage.species ? 0.4 * clear : 0);
      return { key, score: near + 0.15 * random.normal() };
    });
    rows.sort((a, b) => b.score - a.score);
    rows.slice(0, k).forEach((row, i) => {
      index[q * k + i] = row.key;
      score[q * k + i] = row.score;
    });
  });
  const neighbours: Neighbours = { queryIds, keyIds, k, index, score, higherIsNearer: true };
  return { neighbours, examples: voteExamples(neighbours, labels, { ranks: ['order', 'species'], voters: 20 }) };
}

const ranks = ['order', 'species'] as const;

describe('votes', () => {
  it('marks species without keys as novel, and weighs them to the prior', () => {
    const { examples } = world(1, 400);
    const novel = examples.filter((example) => example.novel);
    expect(novel.length).toBeGreaterThan(40);
    expect(novel.every(({ truth }) => Number(truth[1]?.split(' ')[1]) >= 16)).toBe(true);
    const weights = priorWeights(examples, 0.3);
    const share = examples.reduce((sum, example, i) => sum + (example.novel ? (weights[i] as number) : 0), 0);
    expect(share / 400).toBeCloseTo(0.3, 12);
  });

  it('is calibrated on queries of the same kind that it was not fitted on, by either method', () => {
    const fitted = world(2, 1500).examples;
    const fresh = world(3, 3000).examples;
    for (const method of ['temperature', 'isotonic'] as const) {
      const calibrations = fitVotes(fitted, { ranks, novelPrior: 0.2, method });
      const rows = leadingTaxa(fresh, calibrations, 0.2);
      rows.forEach((row) => {
        const error = reliability(
          row.map(({ confidence }) => confidence),
          row.map(({ right }) => right),
          { weights: row.map(({ weight }) => weight) },
        ).expectedCalibrationError;

        expect(error).toBeLessThan(method === 'isotonic' ? 0.03 : 0.06);
      });
    }
  });

  it('is worse with another temperature or without a mass for novelty', () => {
    const { examples } = world(2, 1500);
    const loss = (calibrations: readonly RankCalibration[]): number => {
      const reports = leadingTaxa(examples, calibrations, 0.2)[1] ?? [];
      return reports.reduce(
        (sum, { confidence, right, weight }) => sum + weight * (confidence - (right ? 1 : 0)) ** 2,
        0,
      );
    };
    const calibrations = fitVotes(examples, { ranks, novelPrior: 0.2 });
    const changed = (change: (one: RankCalibration) => RankCalibration): number => loss(calibrations.map(change));
    expect(changed((one) => ({ ...one, temperature: one.temperature * 4 }))).toBeGreaterThan(loss(calibrations));
    expect(changed((one) => ({ ...one, temperature: one.temperature / 4 }))).toBeGreaterThan(loss(calibrations));
    expect(changed((one) => ({ ...one, known: { intercept: 30, slope: 0 } }))).toBeGreaterThan(loss(calibrations));
  });

  it('reports cross-fitted figures, apart for known and novel', () => {
    const { examples } = world(4, 800);
    const [order, species] = voteReport(examples, { ranks, novelPrior: 0.2 });
    expect([order?.rank, order?.queries, species?.queries]).toEqual(['order', 800, 800]);
    expect(species?.expectedCalibrationError).toBeLessThan(0.1);
    const [, novel] = voteReport(examples, { ranks, novelPrior: 0.2 }, { novel: true });
    expect(novel?.accuracy).toBe(0);
    expect(novel?.queries).toBe(examples.filter((example) => example.novel).length);
  });

  it("has scikit-learn's AUROC, and none where one kind is missing", () => {
    const { boundary } = JSON.parse(readFileSync('fixtures/eval/ordination.json', 'utf8')) as {
      boundary: { divergence: number[]; conspecific: boolean[]; distance: number[]; auc: number[] };
    };
    const { divergence, conspecific, distance, auc } = boundary;
    auc.forEach((value, band) => {
      const rows = divergence.flatMap((d, i) => (d >= band / 100 && d < (band + 1) / 100 ? [i] : []));
      const found = auroc(
        rows.map((i) => -(distance[i] as number)),
        rows.map((i) => conspecific[i] as boolean),
      );
      expect(found).toBeCloseTo(value, 10);
    });
    expect(auc).toHaveLength(5);
    expect(auroc([1, 2], [true, true])).toBeUndefined();
    expect(auroc([], [])).toBeUndefined();
    expect(() => auroc([0.5, Number.NaN], [true, false])).toThrow(/NaN as score 1/);
    expect(auroc([Infinity, Infinity, -Infinity], [true, false, false])).toBe(0.75);
  });

  it('tells novel species from known ones, and reports calibration apart by set, with empty strata empty', () => {
    const calibrations = fitVotes(world(2, 800).examples, { ranks, novelPrior: 0.2 });
    const { examples } = world(3, 600);
    const scores = noveltyScores(examples, calibrations, { rng: rng(1), draws: 50 });
    expect(scores.map(({ known, novel }) => known + novel)).toEqual([600, 600, 600]);
    for (const { auroc: found } of scores) {
      expect(found?.value).toBeGreaterThan(0.6);
      expect(found?.interval?.low).toBeLessThan(found?.value ?? 0);
      expect(found?.interval?.high).toBeGreaterThan(found?.value ?? 1);
    }
    const novel = new Set(examples.flatMap((example) => (example.novel ? [example.id] : [])));
    const setOf = (id: string): string => (novel.has(id) ? 'novel' : 'seen');
    const { tables, figures } = openSetReport({ calibrations, examples, setOf, rng: rng(1), novelPrior: 0.4 });
    const [calibration, abstention, byRank, open] = tables;
    const cells = new Map(
      calibration?.rows.flatMap(([set, rank, ...rest]) =>
        typeof set === 'string' && typeof rank === 'string' ? [[`${set} ${rank}`, rest] as const] : [],
      ),
    );
    expect(cells.get('unseen species')).toEqual([0, 'empty', 'empty', 'empty', 'empty']);
    expect(cells.get('novel species')?.slice(0, 2)).toMatchObject([novel.size, { value: 0 }]);
    const seen = judgeVotes(
      examples.filter((example) => !example.novel),
      calibrations,
    )[1];
    expect(cells.get('seen species')?.[2]).toMatchObject({ value: seen?.expectedCalibrationError });
    // No novel species is named rightly: at a novel prior of 0.4 what is right of all is 0.6 of what is right of the known.
    const all = cells.get('all species')?.[1] as Metric;
    expect(all.value).toBeCloseTo(0.6 * (seen?.accuracy ?? 0), 10);
    expect(all.count).toBe(600);
    expect(abstention?.rows.filter(([set]) => set === 'all').map(([, level]) => level)).toHaveLength(7);
    const share = (set: string, level: number): number =>
      Number(abstention?.rows.find((row) => row[0] === set && row[1] === level)?.[2]);
    for (const level of [0.4, 0.8, 0.95]) {
      expect(share('all', level)).toBeCloseTo(0.6 * share('seen', level) + 0.4 * share('novel', level), 0);
    }
    const rightAt0 = byRank?.rows.find((row) => row[0] === 'species' && row[1] === 0)?.[3];
    expect(Number(rightAt0)).toBeCloseTo(100 * 0.6 * (seen?.accuracy ?? 0), 0);
    for (const { note } of [calibration, abstention, byRank].flatMap((table) => table ?? [])) {
      expect(note).toContain('novel prior of 0.4');
    }
    const named = byRank?.rows.filter(([rank]) => rank === 'species').map((row) => Number(row[2]));
    expect(named).toEqual([...(named ?? [])].sort((a, b) => b - a));
    expect(open?.rows).toHaveLength(3);
    expect(figures.map(({ series }) => series.map(({ name }) => name))).toEqual([
      ['order', 'species', 'perfect calibration'],
      ['all', 'seen', 'novel'],
    ]);
    const curve = figures[1]?.series[0]?.points.map(({ x }) => Number(x)) ?? [];
    expect(curve).toEqual([...curve].sort((a, b) => b - a));
  });

  it('hides the keys of a query to stand in for novelty', () => {
    const { neighbours } = world(5, 50);
    const species = (id: string): string => `Species ${id.slice(1).split('-')[0] ?? ''}`;
    const labels = labelTable([
      ...neighbours.keyIds.map((processId) => ({ processId, lineage: { order: 'One', species: species(processId) } })),
      ...neighbours.queryIds.map((processId) => ({ processId, lineage: { order: 'One', species: 'Species 3' } })),
    ]);
    const examples = voteExamples(neighbours, labels, { ranks, voters: 15, hideOwn: true });
    expect(examples).toHaveLength(100);
    for (const { novel, votes } of examples) {
      expect(votes).toHaveLength(15);
      if (novel) expect(votes.some(({ names }) => names[1] === 'Species 3')).toBe(false);
    }
  });

  it('asserts so that the stated share is right on fresh queries, and the less the more is asked', () => {
    const fitted = world(6, 1500).examples;
    const fresh = world(7, 3000).examples;
    const calibrations = fitVotes(fitted, { ranks, novelPrior: 0.2 });
    const thresholds = assertionThresholds(fitted, calibrations, 0.9, 0.2);
    leadingTaxa(fresh, calibrations, 0.2).forEach((rows, depth) => {
      const asserted = rows.filter(({ confidence }) => confidence >= (thresholds[ranks[depth] ?? 'order'] ?? 1));
      expect(asserted.length).toBeGreaterThan(100);
      const total = asserted.reduce((sum, { weight }) => sum + weight, 0);
      const right = asserted.reduce((sum, { right: yes, weight }) => sum + (yes ? weight : 0), 0);
      expect(right / total).toBeGreaterThan(0.86);
    });
    const curve = abstentionCurve(fresh, calibrations, { novelPrior: 0.2 });
    curve.slice(1).forEach((point, i) => {
      expect(point.coverage).toBeLessThanOrEqual(curve[i]?.coverage ?? 0);
    });
    expect(curve.at(-1)?.correct).toBeGreaterThan(0.9);
  });

  it('refuses a rank without names', () => {
    const { examples } = world(8, 30);
    const unnamed = examples.map((example) => ({ ...example, truth: [example.truth[0], undefined] }));
    expect(() => fitVotes(unnamed, { ranks })).toThrow('leave the rank out');
  });
});

describe('fitUnlikeGate', () => {
  const random = rng(9);
  const cloud = (n: number, spread: readonly number[], shift = 0): Tensor<'float32'> =>
    tensor(
      'float32',
      [n, spread.length],
      Float32Array.from(
        { length: n * spread.length },
        (_, i) => shift + (spread[i % spread.length] ?? 0) * random.normal(),
      ),
    );
  const spread = [3, 1, 0.5, 0.2, 0.2];

  it('calls the stated share of new photos of the same kind unlike', () => {
    const gate = fitUnlikeGate(cloud(600, spread), { rng: rng(1) });
    const pValues = likenessPValues(gate, cloud(4000, spread));
    for (const level of [0.05, 0.2, 0.5]) {
      const share = pValues.filter((p) => p < level).length / 4000;
      // A tenth of the photos is missing where scores are made, so that scores are a little large.
      expect(share - level).toBeLessThan(0.03);
      expect(share - level).toBeGreaterThan(-0.07);
    }
  });

  it('finds what leaves the training photos in a direction of small spread', () => {
    const gate = fitUnlikeGate(cloud(600, spread), { rng: rng(1) });
    const moved = cloud(200, spread);
    for (let i = 3; i < moved.data.length; i += 5) moved.data[i] = (moved.data[i] as number) + 1.6;
    expect(likenessPValues(gate, moved).filter((p) => p < 0.05).length).toBeGreaterThan(190);
    expect(likenessPValues(gate, tensor('float32', [1, 5], new Float32Array(5).fill(Number.NaN)))[0]).toBeLessThan(
      0.01,
    );
  });

  it('does not take a new group for another kind of photo where groups are left out', () => {
    // Forty sessions, each a little to one side; new photos come from new sessions.
    const sessions = (count: number, stream: string): { vectors: Tensor<'float32'>; groups: string[] } => {
      const draw = rng(21).split(stream);
      const data: number[] = [];
      const groups: string[] = [];
      for (let session = 0; session < count; session++) {
        const centre = spread.map((one) => 2 * one * draw.normal());
        for (let photo = 0; photo < 10; photo++) {
          data.push(...centre.map((one, axis) => one + 0.3 * (spread[axis] ?? 0) * draw.normal()));
          groups.push(`session ${session}`);
        }
      }
      return { vectors: tensor('float32', [groups.length, 5], Float32Array.from(data)), groups };
    };
    const training = sessions(40, 'training');
    const fresh = sessions(100, 'fresh').vectors;
    const alarms = (groups?: string[]): number => {
      const gate = fitUnlikeGate(training.vectors, { rng: rng(1), ...(groups === undefined ? {} : { groups }) });
      return likenessPValues(gate, fresh).filter((p) => p < 0.05).length / 1000;
    };
    expect(alarms()).toBeGreaterThan(0.4);
    expect(alarms(training.groups)).toBeLessThan(0.12);
  });

  it('keeps at most as many photos as told, the same ones for a seed, and wants twenty', () => {
    const photos = cloud(500, spread);
    const gate = fitUnlikeGate(photos, { rng: rng(2), most: 100 });
    expect(gate.scores).toHaveLength(100);
    expect(fitUnlikeGate(photos, { rng: rng(2), most: 100 }).points).toEqual(gate.points);
    expect(() => fitUnlikeGate(cloud(19, spread), { rng: rng(2) })).toThrow('expected at least 20');
  });
});

describe('detectableShift', () => {
  const random = rng(12);
  const reference = Array.from({ length: 500 }, () => random.normal());

  it('falls with the number of photos, and is found as often as it says', () => {
    const few = detectableShift(reference, 20, { rng: rng(1) }) ?? Infinity;
    const many = detectableShift(reference, 150, { rng: rng(1) }) ?? Infinity;
    expect(many).toBeLessThan(few);
    let found = 0;
    for (let trial = 0; trial < 100; trial++) {
      const moved = Array.from({ length: 20 }, () => random.normal() - few);
      if (kolmogorovSmirnovTest(moved, reference, { rng: random, draws: 99 }).pValue <= 0.05) found++;
    }
    expect(found).toBeGreaterThan(65);
  });
});
