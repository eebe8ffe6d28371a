import { isBioscanError, rng, tensor, type Tensor } from '@bioscan/core';
import {
  applyTransform,
  centre,
  centroidProbe,
  decodeProbe,
  encodeProbe,
  fittedProbe,
  linearProbe,
  standardise,
  whiten,
} from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { checkProbe } from '../../../tools/testing/check-probe.js';
import { fitSoftmax } from '../src/fit-softmax.js';
import { engine } from './engine.js';
import { golden } from './golden.js';

interface ProbesGolden {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly string[];
  readonly queries: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly logistic: readonly {
    readonly strength: number;
    readonly coef: readonly (readonly number[])[];
    readonly intercept: readonly number[];
    readonly predict: readonly number[];
    readonly probabilities: readonly (readonly number[])[];
  }[];
  readonly paper: {
    readonly start: { readonly weight: readonly number[]; readonly bias: readonly number[] };
    readonly weight: readonly number[];
    readonly bias: readonly number[];
    readonly lastLoss: number;
    readonly mean: number;
    readonly deviation: number;
  };
  readonly centroidEuclidean: readonly string[];
  readonly centroidCosine: readonly string[];
  readonly ledoitWolf: number;
  readonly zca: readonly (readonly number[])[];
  readonly zcaPlain: readonly (readonly number[])[];
  readonly pca: readonly (readonly number[])[];
  readonly standardised: readonly (readonly number[])[];
}

const data = golden('probes') as ProbesGolden;
const x = matrix(data.x);
const queries = matrix(data.queries);

function matrix(rows: readonly (readonly number[])[]): Tensor<'float32'> {
  return tensor('float32', [rows.length, rows[0]!.length], Float32Array.from(rows.flat()));
}

function largestGap(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return b.reduce((gap, value, i) => Math.max(gap, Math.abs(value - a[i]!)), 0);
}

describe('linear probe against scikit-learn', () => {
  it.each(data.logistic)(
    'finds the optimum at strength $strength',
    async ({ strength, coef, intercept, predict, probabilities }) => {
      const options = {
        rng: rng(1),
        strengths: [strength],
        tolerance: 1e-7,
        cuts: 12,
        learningRate: 0.05,
        maxEpochs: 4000,
      };
      const probe = await linearProbe(options).fit(x, data.y, engine);
      const { weight, bias, classes, settings } = probe.state;
      expect(classes).toEqual(data.classes);
      const transposed = coef[0]!.flatMap((_, j) => coef.map((row) => row[j]!));
      expect(largestGap(weight, transposed)).toBeLessThan(5e-3);
      // Adding a number to every bias changes nothing: only differences are defined.
      expect(largestGap(centred(bias), centred(intercept))).toBeLessThan(2e-3);
      expect(largestGap(probe.predictProbabilities(queries).data, probabilities.flat())).toBeLessThan(1e-3);
      expect(probe.predict(queries)).toEqual(predict.map((c) => data.classes[c]));
      expect(settings).toMatchObject({ l2: strength, recipe: 'regularised', ended: 'plateau' });
    },
  );

  it('chooses the strength on the rows given, prefers the stronger of equals, and says what it tried', async () => {
    const validation = { x: queries, y: centroidLabels() };
    const probe = await linearProbe({ rng: rng(1), strengths: [1e-3, 30, 1e-1] }).fit(x, data.y, engine, {
      validation,
    });
    expect(probe.state.settings.l2).not.toBe(30);
    expect(probe.state.settings.strengthsTried).toMatch(/^30: 0\.\d+, 0\.1: 0\.\d+/);
    expect(probe.state.settings.validationRows).toBe(60);
    const easy = { x: matrix([[...data.x[0]!]]), y: [data.y[0]!] };
    const tied = await linearProbe({ rng: rng(1), strengths: [1e-3, 1e-2] }).fit(x, data.y, engine, {
      validation: easy,
    });
    expect(tied.state.settings.l2).toBe(1e-2);
  });

  it('holds a fifth of each class out without validation rows, and fits the winner on all', async () => {
    const probe = await linearProbe({ rng: rng(1), strengths: [1e-1, 1e-2] }).fit(x, data.y, engine);
    const fifths = data.classes.reduce(
      (sum, label) => sum + Math.floor(data.y.filter((one) => one === label).length / 5),
      0,
    );
    expect(probe.state.settings.validationRows).toBe(fifths);
    // Near the optimum of all rows, not of the four fifths: the mean objective is convex, so its value says so.
    const alone = await linearProbe({
      rng: rng(1),
      strengths: [probe.state.settings.l2 as number],
      tolerance: 1e-6,
      cuts: 9,
    }).fit(x, data.y, engine);
    expect(probe.state.settings.loss as number).toBeLessThan(1.02 * (alone.state.settings.loss as number));
    expect(largestGap(probe.state.mean, [...alone.state.mean])).toBe(0);
  });
});

describe('the published recipe against torch', () => {
  it('takes the same 200 steps from the same start', async () => {
    const { start, weight, bias, lastLoss, mean, deviation } = data.paper;
    const rows = tensor(
      'float32',
      x.shape,
      x.data.map((value) => (value - mean) / deviation),
    );
    const labels = Int32Array.from(data.y, (label) => data.classes.indexOf(label));
    const from = {
      weight: Float32Array.from(start.weight),
      bias: Float32Array.from(start.bias),
      epochs: 0,
      loss: 0,
      ended: 'epochs' as const,
    };
    const fit = await fitSoftmax(
      {
        x: rows,
        labels,
        classes: 5,
        batchSize: 1024,
        start: from,
        stop: { kind: 'epochs', epochs: 200 },
        optimizer: { kind: 'sgd', weightDecay: 1e-9 },
        learningRate: 1,
        beta1: 0.95,
        strength: 0,
        stage: 'paper',
      },
      engine,
      rng(1),
      {},
    );
    expect(largestGap(fit.weight, weight)).toBeLessThan(2e-2);
    expect(largestGap(fit.bias, bias)).toBeLessThan(2e-2);
    expect(Math.abs(fit.loss - lastLoss)).toBeLessThan(1e-4);
  });

  it('scales by one mean and one deviation', async () => {
    const { state } = await linearProbe({ rng: rng(1), recipe: 'paper', maxEpochs: 3 }).fit(x, data.y, engine);
    expect(new Set(state.mean).size).toBe(1);
    expect(state.mean[0]).toBeCloseTo(data.paper.mean, 5);
    expect(state.scale[0]).toBeCloseTo(1 / data.paper.deviation, 5);
    expect(state.settings).toMatchObject({ recipe: 'paper', epochs: 3 });
  });
});

describe('centroid probe', () => {
  it("agrees with scikit-learn's NearestCentroid, and by cosine with numpy", async () => {
    const euclidean = await centroidProbe({ metric: 'euclidean' }).fit(x, data.y, engine);
    expect(euclidean.predict(queries)).toEqual(data.centroidEuclidean);
    const cosine = await centroidProbe().fit(x, data.y, engine);
    expect(cosine.predict(queries)).toEqual(data.centroidCosine);
    expect(data.centroidCosine).not.toEqual(data.centroidEuclidean);
  });
});

describe('transforms against scikit-learn and numpy', () => {
  it('standardises and centres', () => {
    expect(largestGap(applyTransform(standardise().fit(x), queries).data, data.standardised.flat())).toBeLessThan(1e-4);
    const centred = applyTransform(centre().fit(x), x);
    for (let j = 0; j < 8; j++)
      expect(Math.abs(data.x.reduce((sum, _, i) => sum + centred.data[i * 8 + j]!, 0) / 180)).toBeLessThan(1e-4);
  });

  it('whitens, shrunk as Ledoit and Wolf and plainly', () => {
    const shrunk = whiten().fit(x);
    expect(shrunk.settings.shrinkage).toBeCloseTo(data.ledoitWolf, 5);
    expect(largestGap(applyTransform(shrunk, queries).data, data.zca.flat())).toBeLessThan(1e-3);
    expect(
      largestGap(applyTransform(whiten({ shrinkage: 0 }).fit(x), queries).data, data.zcaPlain.flat()),
    ).toBeLessThan(2e-3);
  });

  it('rotates to principal axes, up to their signs', () => {
    const rotated = applyTransform(whiten({ method: 'pca', shrinkage: 0, dimension: 3 }).fit(x), queries);
    expect(rotated.shape).toEqual([60, 3]);
    for (let axis = 0; axis < 3; axis++) {
      const theirs = data.pca.map((row) => row[axis]!);
      const ours = data.pca.map((_, i) => rotated.data[i * 3 + axis]!);
      const sign = Math.sign(ours[0]! * theirs[0]!);
      expect(
        largestGap(
          ours.map((value) => sign * value),
          theirs,
        ),
      ).toBeLessThan(1e-3);
    }
  });

  it('survives features that say nothing and refuses nonsense', () => {
    const flat = tensor('float32', [4, 2], Float32Array.of(1, 5, 2, 5, 3, 5, 4, 5));
    for (const transform of [standardise(), whiten({ shrinkage: 0 }), whiten()]) {
      expect(applyTransform(transform.fit(flat), flat).data.every(Number.isFinite)).toBe(true);
    }
    expect(() => whiten({ shrinkage: 2 })).toThrow(RangeError);
    expect(() => whiten({ dimension: 3 })).toThrow(RangeError);
  });
});

describe('probe contract', () => {
  it.each([
    ['linear', linearProbe({ rng: rng(7), strengths: [1e-3] })],
    ['linear, paper', linearProbe({ rng: rng(7), recipe: 'paper', maxEpochs: 30 })],
    ['centroid', centroidProbe()],
    ['centroid euclidean', centroidProbe({ metric: 'euclidean' })],
  ])('%s', async (_, probe) => {
    const { checks } = await checkProbe(probe, engine);
    expect(checks).toBeGreaterThan(15);
  });

  it('bytes come back as the same state, and broken bytes are refused', async () => {
    const probe = await centroidProbe().fit(x, data.y, engine);
    const bytes = encodeProbe(probe.state);
    expect(decodeProbe(bytes)).toEqual(probe.state);
    expect(fittedProbe(decodeProbe(bytes)).predict(queries)).toEqual(probe.predict(queries));
    for (let length = 0; length < bytes.length; length += 37) {
      let caught: unknown;
      try {
        decodeProbe(bytes.subarray(0, length));
      } catch (error) {
        caught = error;
      }
      expect(isBioscanError(caught)).toBe(true);
    }
    expect(() => decodeProbe(new TextEncoder().encode('PK\u0003\u0004 something else'))).toThrow(/probe file/);
  });
});

describe('a fit that cannot work', () => {
  it('says so', async () => {
    const probe = linearProbe({ rng: rng(1) });
    await expect(probe.fit(x, data.y.slice(1), engine)).rejects.toThrow(/180 rows and 179 labels/);
    const broken = tensor(
      'float32',
      x.shape,
      x.data.map((value, i) => (i === 20 ? Number.NaN : value)),
    );
    await expect(probe.fit(broken, data.y, engine)).rejects.toThrow(/NaN in row 2/);
    await expect(probe.fit(matrix([[1], [2]]), ['a', 'b'], engine)).rejects.toThrow(/no class of 5/);
    await expect(
      linearProbe({ rng: rng(1), strengths: [0], learningRate: 1e38 }).fit(x, data.y, engine),
    ).rejects.toThrow(/lower the learning rate/);
    expect(() => linearProbe({ rng: rng(1), strengths: [-1] })).toThrow(RangeError);
    const signal = AbortSignal.abort();
    await expect(linearProbe({ rng: rng(1), strengths: [1] }).fit(x, data.y, engine, { signal })).rejects.toThrow(
      /cancelled/,
    );
  });
});

function centred(values: ArrayLike<number>): number[] {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return list.map((value) => value - mean);
}

function centroidLabels(): string[] {
  return [...data.centroidEuclidean];
}
