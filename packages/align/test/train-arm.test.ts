import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignment, inMemory, trainAlignment, vectors, type AlignmentData, type VectorViews } from '@bioscan/align';
import {
  arms,
  attribution,
  changeData,
  price,
  priceReport,
  selectRows,
  spreadOrder,
  tallyOf,
  trainArm,
  withSpread,
  type ArmJob,
  type DataChange,
  type Subject,
  type SubjectSource,
} from '@bioscan/align/controls';
import { memoryStore, rng, tensor } from '@bioscan/core';
import { scores, type Outcomes } from '@bioscan/eval';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { macro, micro, outcomesOf } from '../src/controls/tally.js';

let runtime: EngineRuntime;
beforeAll(() => {
  runtime = openRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const width = 12;

/** Specimens whose photo and barcode are noisy copies of their species' own vectors; the photo's signal is weak. */
function specimens(set: string, species: readonly number[], each: number): AlignmentData {
  const rows = species.flatMap((s) => Array.from({ length: each }, () => s));
  const random = rng(3).split(set);
  const vector = (kind: string, s: number, noise: number): Float32Array => {
    const own = rng(s).split(kind);
    return Float32Array.from({ length: width }, () => own.normal() + noise * random.normal());
  };
  const photo = (s: number): VectorViews => [0, 1, 2].map(() => vector('photo', s, 1.2));
  return {
    ids: rows.map((s, i) => `${set} ${s} ${i}`),
    modalities: {
      image: inMemory(rows.map(photo)),
      dna: inMemory(rows.map((s) => [vector('dna', s, 0.1)])),
    },
    labels: {
      species: rows.map((s) => `species ${s}`),
      genus: rows.map((s) => `genus ${s % 4}`),
      bin: rows.map((s, i) => (i % 2 === 0 ? `bin ${s}` : undefined)),
    },
    hash: `${set} ${species.join()} ${each}`,
  };
}

function subject(): Subject {
  const [seen, unseen] = [Array.from({ length: 12 }, (_, i) => i), [20, 21, 22, 23, 24, 25]];
  const keys = specimens('train', [...seen, ...unseen], 6);
  const projection = { kind: 'mlp', hidden: 16 } as const;
  const sets = (name: string): Subject['test'] => ({
    ...{ keys, seen: specimens(`${name}seen`, seen, 5), unseen: specimens(`${name}unseen`, unseen, 5) },
  });
  return {
    name: 'made up',
    hash: 'made up 1',
    data: selectRows(
      keys,
      keys.ids.flatMap((_, row) => (row < 72 ? [row] : [])),
    ),
    modalities: {
      image: { tower: vectors(width), projection },
      dna: { tower: vectors(width), projection },
    },
    validation: sets('validation '),
    test: sets(''),
  };
}

function job(change: Partial<ArmJob>): ArmJob {
  return {
    arm: arms.imageDna(),
    subject: 'made up',
    subjectHash: 'made up 1',
    stage: 'test',
    seed: 1,
    point: { learningRate: 1e-2, temperature: 0.1 },
    budget: { steps: 40, batchSize: 24, width: 8 },
    ...change,
  };
}

/** The subject as a source, its queries apart. */
function sourceOf(): SubjectSource {
  const { name, hash } = subject();
  return { name, hash, queries: 'apart', open: () => Promise.resolve(subject()) };
}

describe('trainArm()', () => {
  const source = sourceOf();

  it('says what each arm cost: equal photo passes, labels read, barcodes bought', async () => {
    const run = trainArm({ subjects: [source], runtime });
    const cost = async (arm: ArmJob['arm']): Promise<unknown> => (await run(job({ arm }))).cost;
    const dna = (await run(job({}))).cost;
    expect(dna).toMatchObject({ steps: 40, imagePasses: 40 * 24, labelled: 0, bought: 72 });
    // Two heads of two layers: forward, and by weights in both layers, by inputs in the second; the similarities are on top.
    const heads = 40 * 2 * 2 * 24 * (2 * width * 16 + 3 * 16 * 8);
    expect(dna.gigaflop).toBeGreaterThanOrEqual(Math.floor(heads / 1e8) / 10);
    expect(await cost(arms.imageOnly({ passes: 1 }))).toMatchObject({ steps: 20, imagePasses: 40 * 24, bought: 0 });
    expect(await cost(arms.imageOnly({ passes: 2 }))).toMatchObject({ steps: 40, imagePasses: 2 * 40 * 24 });
    expect(await cost(arms.supervised())).toMatchObject({ steps: 40, imagePasses: 40 * 24, labelled: 72, bought: 0 });
    expect(await cost(arms.imageBinClassified())).toMatchObject({ labelled: 36, bought: 72 });
    expect(await cost(arms.raw())).toEqual({ steps: 0, imagePasses: 0, gigaflop: 0, labelled: 0, bought: 0 });
  });

  it('teaches photos what barcodes know, and nothing when barcodes are permuted over all', async () => {
    const run = trainArm({ subjects: [source], runtime });
    const level = async (arm: ArmJob['arm']): Promise<number> => {
      const values = [];
      for (const seed of [1, 2, 3]) {
        const [first] = (await run(job({ arm, seed, budget: { steps: 150, batchSize: 24, width: 8 } }))).retrievals;
        values.push(first === undefined ? 0 : macro(first.seen));
      }
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(await level(arms.imageDna())).toBeGreaterThan((await level(arms.dnaPermuted('all'))) + 0.05);
  });

  it('judges DNA to DNA and image to DNA beside photo to photo, with chance', async () => {
    const { retrievals } = await trainArm({ subjects: [source], runtime })(job({}));
    expect(retrievals.map(({ query, key }) => `${query} ${key}`)).toEqual(['image image', 'image dna', 'dna dna']);
    const dna = retrievals.at(-1);
    expect(dna?.seen.queries).toEqual(Array.from({ length: 12 }, () => 5));
    expect(dna === undefined ? 0 : macro(dna.seen)).toBeGreaterThan(0.9);
    expect(dna?.chance.seen).toBeLessThan(0.15);
  });

  it('takes training that diverges for an outcome, and other errors for errors', async () => {
    const run = trainArm({ subjects: [source], runtime });
    const found = await run(job({ point: { learningRate: 1e30, temperature: 0.1 } }));
    expect(found).toMatchObject({ retrievals: [], diverged: { step: found.cost.steps } });
    expect(found.cost.steps).toBeLessThan(40);
    expect(found.cost.imagePasses).toBe(found.cost.steps * 24);
    const unknown = { ...arms.imageDna(), changes: [{ kind: 'keep', modality: 'sound', share: 1 }] } as const;
    await expect(run(job({ arm: unknown }))).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('holds a subject to its word that validation and test ask other specimens', async () => {
    const { test, ...rest } = subject();
    const liar = { ...source, open: () => Promise.resolve({ ...rest, test, validation: test }) };
    await expect(trainArm({ subjects: [liar], runtime })(job({}))).rejects.toMatchObject({ code: 'mismatch' });
    const { queries: _, ...shared } = liar;
    await expect(trainArm({ subjects: [shared], runtime })(job({ arm: arms.raw() }))).resolves.toBeDefined();
  });

  it('gives the same bytes when a cancelled attribution goes on', async () => {
    const options = {
      arms: [arms.raw(), arms.imageOnly({ passes: 1 }), arms.imageDna()],
      grid: { learningRates: [1e-2], temperatures: [0.1] },
      tuning: [source],
      subjects: [source],
      seeds: [1, 2],
      budget: { steps: 5, batchSize: 24, width: 8 },
    };
    const whole = memoryStore();
    const run = trainArm({ subjects: [source], runtime });
    await attribution(options, { run, store: whole });
    const cut = memoryStore();
    const stop = new AbortController();
    const onProgress = ({ done }: { readonly done: number }): void => {
      if (done === 2) stop.abort();
    };
    await expect(attribution(options, { run, store: cut, signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await attribution(options, { run, store: cut });
    const names = await whole.list('');
    expect(await cut.list('')).toEqual(names);
    expect(names).toHaveLength(8);
    for (const name of names) expect(await cut.read(name)).toEqual(await whole.read(name));
  });

  it('sequences the most different photos first', async () => {
    const { data } = await withSpread(source, runtime).open();
    const order = data.labels['spread']?.map(Number) ?? [];
    expect([...order].sort((a, b) => a - b)).toEqual(data.ids.map((_, i) => i));
    const line = tensor('float32', [4, 1], Float32Array.from([0, 1, 1.1, 9]));
    // The most central first, then the farthest from all before.
    expect(spreadOrder({ ids: ['a', 'b', 'c', 'd'], vectors: line })).toEqual([2, 3, 0, 1]);
  });
});

describe('price()', () => {
  it('counts and costs what is sequenced, at random and spread, against none', async () => {
    const source = sourceOf();
    const known = new Map([[source.hash, source]]);
    const run = trainArm({ subjects: { [Symbol.iterator]: () => known.values() }, runtime });
    const result = await price(
      {
        tuning: [source],
        subjects: [source],
        seeds: [1],
        grid: { learningRates: [1e-2], temperatures: [0.1] },
        budget: { steps: 5, batchSize: 24, width: 8 },
        shares: [0, 0.25, 1],
        costPerSpecimen: 2,
      },
      { run, store: memoryStore(), runtime, know: (ordered) => (known.set(ordered.hash, ordered), ordered) },
    );
    const rows = result.points.map(({ order, share, specimens: count, cost }) => [order, share, count, cost]);
    expect(rows).toEqual([
      ['random', 0, 0, 0],
      ['random', 0.25, 18, 36],
      ['random', 1, 72, 144],
      ['spread', 0, 0, 0],
      ['spread', 0.25, 18, 36],
      ['spread', 1, 72, 144],
    ]);
    // The baseline has a point of its own, every share that of a quarter.
    expect(result.chosen.map(({ arm }) => arm)).toEqual(['0 % sequenced', '25 % sequenced']);
    // None, a quarter twice, and all, which no order changes.
    expect(result.runs).toHaveLength(4);
    const report = priceReport(result, { title: 'Price', limits: [], versions: {} });
    expect(report.tables[0]?.rows).toHaveLength(6);
    expect(report.limits.join(' ')).toMatch(/A batch of 24 holds at least 6 sequenced specimens, or all of them/);
    expect(report.figures[0]?.series.map(({ name }) => name)).toEqual(['random', 'spread']);
  });

  it('refuses to report what it tuned on', async () => {
    const { queries: _, ...source } = sourceOf();
    const options = {
      ...{ tuning: [source], subjects: [source], seeds: [1], costPerSpecimen: 2 },
      grid: { learningRates: [1e-2], temperatures: [0.1] },
      budget: { steps: 5, batchSize: 24, width: 8 },
    };
    const run = (): Promise<never> => Promise.reject(new Error('nothing may run'));
    await expect(price(options, { run, store: memoryStore(), runtime })).rejects.toThrow(/one subject to tune on/);
  });

  it('gives the pair of photo and barcode rows to tell apart in every batch, at a share of one specimen in a hundred', async () => {
    const arm = arms.partlySequenced({ share: 0.02 });
    const data = changeData(specimens('train', [...Array(25).keys()], 8), arm.changes ?? [], 1);
    const { modalities } = subject();
    const model = alignment({
      modalities: { image: { ...modalities['image']!, views: 2 }, dna: modalities['dna']! },
      objective: arm.objective,
      width: 8,
    });
    const losses: number[] = [];
    const rows: number[] = [];
    const budget = { steps: 12, batchSize: 24, peakLearningRate: 1e-4 };
    await trainAlignment(
      { model, data, budget, seed: 1, ...(arm.sampler === undefined ? {} : { sampler: arm.sampler }) },
      {
        ...{ runtime, store: memoryStore() },
        onPlan: ({ batches }) => {
          for (let step = 0; step < 12; step++) rows.push(batches.batch(step).length);
        },
        onProgress: ({ measures }) => losses.push(measures['image-dna info-nce'] ?? 0),
      },
    );
    // Four of 200 are sequenced, all of them in every batch: without training, telling four apart costs about ln 4.
    expect(losses).toHaveLength(12);
    for (const loss of losses) expect(loss).toBeGreaterThan(0.5);
    expect(Math.max(...rows)).toBe(24);
  });
});

describe('changes of the data', () => {
  const data = specimens('train', [0, 1, 2, 3, 4, 5, 6, 7], 4);

  it('permutes within a label: the label of the barcode stays, its specimen does not', async () => {
    const [species, genus] = [data.labels['species'] ?? [], data.labels['genus'] ?? []];
    const moved = await origins({ kind: 'permute', modality: 'dna', within: 'genus' });
    expect(moved.every((from, row) => genus[from] === genus[row])).toBe(true);
    expect(moved.filter((from, row) => species[from] !== species[row]).length).toBeGreaterThan(6);
    expect([...moved].sort((a, b) => a - b)).toEqual(data.ids.map((_, row) => row));
    const all = await origins({ kind: 'permute', modality: 'dna' });
    expect(all.filter((from, row) => genus[from] !== genus[row]).length).toBeGreaterThan(12);
    const some = await origins({ kind: 'permute', modality: 'dna', share: 0.25 });
    expect(some.filter((from, row) => from !== row).length).toBeLessThanOrEqual(8);
  });

  it('shuffles rows with the label as the studies before did, whose runs are compared with new ones; others lose theirs', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => row);
    const small: AlignmentData = {
      ids: rows.map((row) => `S${row}`),
      modalities: { dna: inMemory(rows.map((row) => (row % 7 === 6 ? undefined : row))) },
      labels: { genus: rows.map((row) => (row % 11 === 10 ? undefined : `g${row % 3}`)) },
      hash: 'h',
    };
    const read = (change: DataChange): Promise<readonly unknown[] | undefined> => {
      const column = changeData(small, [change], 5).modalities['dna'];
      return Promise.resolve(column?.read(rows.filter((row) => column.has(row))));
    };
    expect(await read({ kind: 'permute', modality: 'dna', within: 'genus' })).toEqual([9, 4, 2, 3, 7, 8, 1, 11, 0, 5]);
    expect(await read({ kind: 'permute', modality: 'dna' })).toEqual([3, 2, 5, 9, 0, 10, 7, 8, 1, 11, 4]);
    expect(await read({ kind: 'permute', modality: 'dna', share: 0.5 })).toEqual([0, 7, 1, 3, 4, 2, 8, 5, 9, 10, 11]);
  });

  it('keeps a share of a modality: larger shares hold the smaller ones', () => {
    const kept = (share: number): number[] => {
      const changed = changeData(data, [{ kind: 'keep', modality: 'dna', share }], 1);
      return data.ids.flatMap((_, row) => (changed.modalities['dna']?.has(row) === true ? [row] : []));
    };
    const [few, many] = [kept(0.25), kept(0.5)];
    expect([few.length, many.length]).toEqual([8, 16]);
    expect(few.every((row) => many.includes(row))).toBe(true);
    // One row alone has nothing to be told apart from.
    expect([kept(0).length, kept(0.01).length]).toEqual([0, 2]);
  });

  it('keeps a share of the rows that have the modality, two of these at least, at random and in order', () => {
    const rows = Array.from({ length: 40 }, (_, row) => row);
    const sparse: AlignmentData = {
      ids: rows.map((row) => `S${row}`),
      modalities: { dna: inMemory(rows.map((row) => (row % 4 === 3 ? row : undefined))) },
      labels: { place: rows.map(String) },
      hash: 'h',
    };
    const kept = (share: number, order?: string): number[] => {
      const change: DataChange = { kind: 'keep', modality: 'dna', share, ...(order === undefined ? {} : { order }) };
      const { modalities } = changeData(sparse, [change], 1);
      return rows.filter((row) => modalities['dna']?.has(row) === true);
    };
    expect([kept(0.5).length, kept(0.01).length, kept(1).length, kept(0).length]).toEqual([5, 2, 10, 0]);
    expect([kept(0.3, 'place'), kept(0.01, 'place')]).toEqual([
      [3, 7, 11],
      [3, 7],
    ]);
  });

  it('changes the hash with the change, and nothing with the same seed', () => {
    const change: DataChange = { kind: 'rows', share: 0.5 };
    const half = changeData(data, [change], 1);
    expect(half.ids).toHaveLength(16);
    expect(changeData(data, [change], 1)).toMatchObject({ ids: half.ids, hash: half.hash });
    expect(half.hash).not.toBe(data.hash);
    expect(changeData(data, [change], 2).hash).not.toBe(half.hash);
    expect(() => changeData(data, [{ kind: 'keep', modality: 'dnna', share: 1 }], 1)).toThrow(/modality 'dnna'/);
  });

  /** For each row, the row whose barcode it has after a change. */
  async function origins(change: DataChange): Promise<number[]> {
    const rows = data.ids.map((_, row) => row);
    const before = (await data.modalities['dna']?.read(rows)) as readonly VectorViews[];
    const after = (await changeData(data, [change], 1).modalities['dna']?.read(rows)) as readonly VectorViews[];
    return after.map((views) => before.indexOf(views));
  }
});

describe('tallies', () => {
  it('give macro and micro as scores() of eval has them', () => {
    const tally = { species: ['a', 'b', 'c'], right: [1, 0, 4], queries: [2, 3, 4] };
    const outcomes: Outcomes = outcomesOf(tally);
    expect(macro(tally)).toBeCloseTo(scores(outcomes).macro, 12);
    expect(micro(tally)).toBeCloseTo(scores(outcomes).micro, 12);
    expect(tallyOf(outcomes)).toEqual(tally);
  });
});
