import { isBioscanError, rng } from '@bioscan/core';
import { chance, knnPredictions, labelTable, randomNeighbours, scorePredictions, scores } from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { golden, neighboursOf, type KnnGolden } from './golden.js';

const data = golden('knn') as KnnGolden;
const labels = labelTable([...data.keys, ...data.queries]);
const keyIds = data.keys.map(({ processId }) => processId);
const queryIds = data.queries.map(({ processId }) => processId);
const neighbours = neighboursOf(queryIds, keyIds, data.nearest);

describe('k-NN probe and metrics against scikit-learn', () => {
  it('has the cases', () => {
    expect(data.cases.map(({ rank, k }) => `${rank} ${k}`)).toHaveLength(8);
    expect(data.queries.length).toBe(240);
  });

  it.each(data.cases)('$rank, k = $k', (one) => {
    const predictions = knnPredictions(neighbours, labels, one.rank, { k: one.k });
    const first = predictions.labels.map(([label]) => label);
    const untied = one.tied.flatMap((tied, i) => (tied ? [] : [i]));
    expect(untied.length).toBeGreaterThan(one.k === 1 ? 239 : 100);
    expect(untied.map((i) => first[i])).toEqual(untied.map((i) => one.predictions[i]));
    expect(first).toEqual(one.firstByOurRule);

    const outcomes = scorePredictions(predictions, labels);
    const top1 = scores(outcomes);
    expect(top1).toMatchObject({
      queries: one.queries,
      classes: one.classes,
      unlabelled: one.unlabelled,
      abstained: 0,
    });
    expect(top1.micro).toBeCloseTo(one.micro, 12);
    expect(top1.macro).toBeCloseTo(one.macro, 12);
    expect(top1.ceiling.micro).toBeCloseTo(one.ceilingMicro, 12);
    expect(top1.ceiling.macro).toBeCloseTo(one.ceilingMacro, 12);
    for (const top of [3, 5] as const) {
      expect(scores(outcomes, top).micro).toBeCloseTo(one.top[top].micro, 12);
      expect(scores(outcomes, top).macro).toBeCloseTo(one.top[top].macro, 12);
    }
  });

  it('leaves some queries out at every rank below order, and some classes without a key', () => {
    const species = data.cases.find(({ rank }) => rank === 'species')!;
    expect(species.unlabelled).toBeGreaterThan(20);
    expect(species.ceilingMicro).toBeLessThan(0.95);
  });
});

describe('chance', () => {
  it('is the agreement of two draws from the compositions of queries and keys', () => {
    const level = chance(neighbours, labels, 'species', { rng: rng(1), draws: 400 });
    const share = (rows: KnnGolden['keys'], label: string): number => {
      const known = rows.filter(({ lineage }) => lineage.species !== undefined);
      return known.filter(({ lineage }) => lineage.species === label).length / known.length;
    };
    const species = [...new Set(data.queries.flatMap(({ lineage }) => lineage.species ?? []))];
    const micro = species.reduce((sum, label) => sum + share(data.queries, label) * share(data.keys, label), 0);
    const macro = species.reduce((sum, label) => sum + share(data.keys, label), 0) / species.length;
    expect(Math.abs(level.micro.mean - micro)).toBeLessThan(0.004);
    expect(Math.abs(level.macro.mean - macro)).toBeLessThan(0.004);
    expect(level.micro.low).toBeLessThan(level.micro.mean);
    expect(level.micro.high).toBeGreaterThan(level.micro.mean);
    const labelled = keyIds.filter((id) => labels.labelOf(id, 'species') !== undefined);
    const blind = chance(randomNeighbours(queryIds, labelled, rng(2)), labels, 'species', { rng: rng(3), draws: 400 });
    expect(Math.abs(blind.micro.mean - micro)).toBeLessThan(0.005);
  });

  it('of a constant predictor is that constant: one over the classes', () => {
    const table = labelTable([
      ...[0, 1, 2].map((i) => ({ processId: `k${i}`, lineage: { genus: 'A' } })),
      ...['A', 'A', 'B', 'C'].map((genus, i) => ({ processId: `q${i}`, lineage: { genus } })),
    ]);
    const all = neighboursOf(['q0', 'q1', 'q2', 'q3'], ['k0', 'k1', 'k2'], [[0], [1], [2], [0]]);
    const level = chance(all, table, 'genus', { rng: rng(1), draws: 10 });
    expect(level.micro).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
    expect(level.macro.mean).toBeCloseTo(1 / 3, 12);
  });

  it('repeats with the same seed', () => {
    const draw = (seed: number) => chance(neighbours, labels, 'genus', { rng: rng(seed), draws: 5 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('labels and neighbours that do not fit', () => {
  const table = labelTable([
    { processId: 'k', lineage: {} },
    { processId: 'q', lineage: { genus: 'A' } },
  ]);

  it('abstains where no neighbour has a label, and counts that as wrong', () => {
    const predictions = knnPredictions(neighboursOf(['q'], ['k'], [[0]]), table, 'genus');
    expect(predictions.labels).toEqual([[]]);
    expect(scores(scorePredictions(predictions, table))).toMatchObject({
      micro: 0,
      abstained: 1,
      classesWithoutKey: 1,
    });
    const missing = { ...neighboursOf(['q'], ['k'], [[-1]]), score: Float32Array.of(Number.NaN) };
    expect(knnPredictions(missing, table, 'genus').labels).toEqual([[]]);
  });

  it('says which id is missing and refuses an id twice', () => {
    expect(() => knnPredictions(neighboursOf(['q'], ['other'], [[0]]), table, 'genus')).toThrow(/'other'/);
    const duplicate = (): unknown => labelTable([1, 2].map(() => ({ processId: 'a', lineage: {} })));
    expect(duplicate).toThrow(/'a' twice/);
    const twice = knnPredictions(neighboursOf(['q', 'q'], ['k'], [[0], [0]]), table, 'genus');
    expect(() => scorePredictions(twice, table)).toThrow(/'q' twice/);
  });

  it('wants as many neighbours as voters, and predictions as deep as top-k', () => {
    let caught: unknown;
    try {
      knnPredictions(neighboursOf(['q'], ['k'], [[0]]), table, 'genus', { k: 5 });
    } catch (error) {
      caught = error;
    }
    expect(isBioscanError(caught) && caught.code).toBe('mismatch');
    expect(() => knnPredictions(neighboursOf(['q'], ['k'], [[0]]), table, 'genus', { k: 0 })).toThrow(RangeError);
    const outcomes = scorePredictions(
      knnPredictions(neighboursOf(['q'], ['k'], [[0]]), table, 'genus', { depth: 1 }),
      table,
    );
    expect(() => scores(outcomes, 3)).toThrow(RangeError);
  });
});
