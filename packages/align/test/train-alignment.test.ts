import { isBioscanError, isNotFinite, memoryStore, type Store, type Tensors } from '@bioscan/core';
import {
  alignment,
  alignmentFiles,
  alignmentJob,
  decodeAlignment,
  embedModality,
  inMemory,
  retrievalScore,
  trainAlignment,
  type AlignmentData,
  type AlignmentProgress,
  type AlignmentRun,
} from '@bioscan/align';
import { adamw, decodeCheckpoint, sgd } from '@bioscan/graph';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainContrast, twoModalities, twoViews, vectorTower } from './two-views.js';

const model = alignment({ modalities: twoModalities(), objective: plainContrast, width: 8 });
const data = twoViews(8, 6, 'train');
const validation = twoViews(8, 4, 'validation');
const score = retrievalScore({ query: 'image', key: 'dna', label: 'species' });
const run: AlignmentRun = {
  model,
  data,
  validation: { data: validation, every: 10, score },
  sampler: { kind: 'one-per', label: 'species' },
  budget: { steps: 60, batchSize: 16, peakLearningRate: 2e-2, checkpointEvery: 7 },
  seed: 4,
};

type Line = Record<string, number>;

async function logOf(store: Store): Promise<Line[]> {
  const text = new TextDecoder().decode(await store.read(alignmentFiles.log));
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** `code: message` of what a run ends with. */
async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (isBioscanError(error) ? `${error.code}: ${error.message}` : String(error)),
  );
}

async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore();
  for (const name of await store.list('')) await copy.write(name, await store.read(name));
  return copy;
}

describe('trainAlignment', () => {
  let runtime: EngineRuntime;
  beforeAll(() => {
    runtime = openRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  it('aligns two views, validates on the way, and writes a run folder without times', async () => {
    const store = memoryStore();
    const progress: AlignmentProgress[] = [];
    const versions = { align: '1.2.3' };
    const result = await trainAlignment(run, { runtime, store, versions, onProgress: (one) => progress.push(one) });
    expect(result.evaluations.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    const best = Math.max(...result.evaluations.map((one) => one.score));
    expect(best).toBeGreaterThan(0.6);
    expect(result.best.step).toBe(result.evaluations.find((one) => one.score === best)!.step);
    expect(result.last.step).toBe(60);
    // The score is that of the parameters that were kept, seen from outside.
    const vectors = {
      image: await embedModality(model, result.best, 'image', validation, runtime),
      dna: await embedModality(model, result.best, 'dna', validation, runtime),
    };
    expect(await score.score(vectors, validation)).toBe(best);

    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(progress[20]!.remainingSeconds).toBeGreaterThan(0);
    expect(progress.at(-1)).toMatchObject({ remainingSeconds: 0, best: { score: best } });
    expect(progress.at(-1)!.measures['logitScale']).toBeGreaterThan(1);

    expect(await store.list('')).toEqual(Object.values(alignmentFiles).sort());
    const log = await logOf(store);
    expect(log.filter((line) => 'loss' in line).map((line) => line['step'])).toEqual(progress.map(({ done }) => done));
    expect(log.flatMap((line) => line['validation'] ?? [])).toEqual(result.evaluations.map((one) => one.score));
    const config = JSON.parse(new TextDecoder().decode(await store.read(alignmentFiles.config))) as Record<
      string,
      unknown
    >;
    expect(config).toMatchObject({
      versions,
      data: { hash: data.hash, rows: 48 },
      validation: { hash: validation.hash, every: 10, score: 'macro top-1 species, image to dna' },
      sampler: { kind: 'one-per', label: 'species' },
      budget: { steps: 60, batchSize: 16, schedule: { kind: 'one-cycle' } },
      seed: 4,
    });
    expect(JSON.stringify([log, config])).not.toMatch(/date|seconds|"time/i);
    const rows = new TextDecoder().decode(await store.read(alignmentFiles.rows));
    expect(rows.trim().split('\n')).toEqual(data.ids);
    const judges = new TextDecoder().decode(await store.read(alignmentFiles.validation));
    expect(judges.trim().split('\n')).toEqual(validation.ids);
    expect(decodeAlignment(model, await store.read(alignmentFiles.best))).toMatchObject({
      state: result.best,
      notes: { score: best },
    });
    expect(decodeAlignment(model, await store.read(alignmentFiles.model)).state).toEqual(result.last);
  });

  it('cancels with a checkpoint, also while it validates, goes on to the same bytes, and then does nothing more', async () => {
    const [whole, broken] = [memoryStore(), memoryStore()];
    const first = await trainAlignment(run, { runtime, store: whole });
    for (const at of [13, 20, 47]) {
      const cancel = new AbortController();
      // The signal fires while the validation after step 20 reads its rows.
      const slow: AlignmentData = {
        ...validation,
        modalities: {
          ...validation.modalities,
          image: {
            has: () => true,
            read: (rows) => {
              if (at === 20 && steps.at(-1) === 19) cancel.abort();
              return validation.modalities['image']!.read(rows);
            },
          },
        },
      };
      const steps: number[] = [];
      const cancelled = trainAlignment(
        { ...run, validation: { ...run.validation!, data: slow } },
        {
          runtime,
          store: broken,
          signal: cancel.signal,
          onProgress: ({ done }) => {
            steps.push(done);
            if (done === at) cancel.abort();
          },
        },
      );
      expect(await failure(cancelled)).toMatch(/^cancelled/);
      expect(decodeCheckpoint(await broken.read(alignmentFiles.resume)).state.step).toBe(at);
      // A kill between the log of that validation and the checkpoint that knows of it.
      if (at === 20)
        await broken.append(alignmentFiles.log, new TextEncoder().encode('{"step":20,"validation":0.5}\n'));
    }
    const steps: number[] = [];
    const resumed = await trainAlignment(run, { runtime, store: broken, onProgress: ({ done }) => steps.push(done) });
    expect(steps[0]).toBe(48);
    expect(resumed).toEqual(first);
    for (const name of Object.values(alignmentFiles))
      expect(await broken.read(name), name).toEqual(await whole.read(name));

    const again: number[] = [];
    const finished = await trainAlignment(run, { runtime, store: whole, onProgress: ({ done }) => again.push(done) });
    expect(again).toEqual([]);
    expect(finished).toEqual(first);
    for (const name of Object.values(alignmentFiles))
      expect(await broken.read(name), name).toEqual(await whole.read(name));
  });

  it('evaluation does not disturb training: the parameters are those of a run that never looked', async () => {
    const { validation: _, ...blind } = run;
    const [looked, unseen] = [
      await trainAlignment(run, { runtime, store: memoryStore() }),
      await trainAlignment(blind, { runtime, store: memoryStore() }),
    ];
    expect(unseen.last).toEqual(looked.last);
    expect(unseen.best).toEqual(unseen.last);
    expect(unseen.evaluations).toEqual([]);
  });

  it('computes a batch in chunks, an odd one too, with the gradient of the whole', async () => {
    const plain = alignment({
      modalities: { image: { tower: vectorTower(8, 0) }, dna: { tower: vectorTower(8, 0) } },
      objective: plainContrast,
      width: 8,
    });
    const odd = { model: plain, data, budget: { steps: 6, batchSize: 15, peakLearningRate: 1e-2 }, seed: 2 };
    const [whole, store] = [memoryStore(), memoryStore()];
    await trainAlignment(odd, { runtime, store: whole });
    await trainAlignment({ ...odd, budget: { ...odd.budget, chunks: 4 } }, { runtime, store });
    const [expected, found] = [await logOf(whole), await logOf(store)];
    expect(found.length).toBe(6);
    for (const [i, line] of found.entries()) expect(line['loss']).toBeCloseTo(expected[i]!['loss']!, 4);
  });

  it('varies a row anew in each epoch, and in the same way whenever a step is asked for', async () => {
    const job = alignmentJob({ model, data, budget: { epochs: 3, batchSize: 48 }, seed: 6 });
    // What was added to the first row of a step's batch.
    const variation = async (step: number): Promise<number[]> => {
      const x = ((await job.feeds(step)) as Tensors)['image.x']!.data as Float32Array;
      const [plain] = (await data.modalities['image']!.read([job.batch(step)[0]!])) as [Float32Array];
      return [...plain].map((value, i) => Math.fround(x[i]! - value));
    };
    expect(job.batches.batchesPerEpoch).toBe(1);
    const [first, second] = [await variation(0), await variation(1)];
    expect(await variation(0)).toEqual(first);
    for (const [i, value] of first.entries()) expect(Math.abs(value - second[i]!)).toBeGreaterThan(1e-5);
    for (const value of [...first, ...second]) expect(Math.abs(value)).toBeLessThan(0.5);
  });

  it('stops when patience ends, keeps the best, and stays stopped when called again', async () => {
    const scores = [0.1, 0.5, 0.4, 0.5, 0.9];
    const asked: number[] = [];
    const fixed = { name: 'a list', modalities: ['image'], score: () => scores[asked.push(1) - 1] as number };
    const store = memoryStore();
    const impatient = { ...run, validation: { data: validation, every: 5, patience: 2, score: fixed } };
    const result = await trainAlignment(impatient, { runtime, store });
    expect(result).toMatchObject({ stoppedEarly: true, best: { step: 10 }, last: { step: 20 } });
    expect(result.evaluations.map((one) => one.score)).toEqual([0.1, 0.5, 0.4, 0.5]);
    expect(await trainAlignment(impatient, { runtime, store })).toEqual(result);
    expect(asked.length).toBe(4);
  });

  it('keeps and validates moving averages where they are asked for', async () => {
    const store = memoryStore();
    const short = { ...run, budget: { ...run.budget, steps: 10 } };
    const [averaged, plain] = [
      await trainAlignment({ ...short, average: 0.8 }, { runtime, store }),
      await trainAlignment(short, { runtime, store: memoryStore() }),
    ];
    expect(Object.keys(averaged.last.tensors)).toEqual(Object.keys(plain.last.tensors));
    const { tensors } = decodeCheckpoint(await store.read(alignmentFiles.resume)).state;
    expect(averaged.last.tensors['logit_scale']).toEqual(tensors['logit_scale#average']);
    expect(tensors['logit_scale']).toEqual(plain.last.tensors['logit_scale']);
    expect(averaged.last.tensors['logit_scale']).not.toEqual(plain.last.tensors['logit_scale']);
  });

  it('takes other optimisers and schedules, and says what it is going to do', async () => {
    for (const schedule of [
      { kind: 'constant' },
      { kind: 'cosine', warmupSteps: 2 },
      { kind: 'cooldown', cooldownSteps: 3 },
    ] as const) {
      const store = memoryStore();
      const budget = { epochs: 2, batchSize: 24, peakLearningRate: 0.05, schedule };
      const plans: number[] = [];
      await trainAlignment(
        { model, data, budget, optimizer: sgd({ clipNorm: 1 }) },
        { runtime, store, onPlan: (plan) => plans.push(plan.budget.steps, plan.step.feeds.length) },
      );
      expect(plans).toEqual([4, 4]);
      const rates = (await logOf(store)).map((line) => line['learningRate']!);
      expect(rates.length).toBe(4);
      expect(rates[2]).toBeCloseTo(schedule.kind === 'cooldown' ? 0.05 * (2 / 3) : 0.05, 10);
    }
  });
});

describe('trainAlignment on bad input', () => {
  let runtime: EngineRuntime;
  let finished: Store;
  const short: AlignmentRun = { ...run, budget: { ...run.budget, steps: 12 } };
  beforeAll(async () => {
    runtime = openRuntime({ threads: 1 });
    finished = memoryStore();
    await trainAlignment(short, { runtime, store: finished });
  });
  afterAll(() => runtime.close());

  it('stops at a loss that is not a number, names step, batch and rows, and keeps the last good checkpoint', async () => {
    const budget = { steps: 40, batchSize: 8, peakLearningRate: 1e-3, checkpointEvery: 1 };
    const bad = alignmentJob({ model, data, budget, seed: 9 }).batch(3)[2]!;
    const images = await data.modalities['image']!.read(data.ids.map((_, row) => row));
    const poisoned = {
      ...data,
      modalities: {
        ...data.modalities,
        image: inMemory(
          images.map((x, row) => (row === bad ? Float32Array.from(x as Float32Array, () => Number.NaN) : x)),
        ),
      },
    };
    const store = memoryStore();
    for (const optimizer of [adamw({ clipNorm: 1 }), adamw()]) {
      const error: unknown = await trainAlignment(
        { model, data: poisoned, budget, seed: 9, optimizer },
        { runtime, store, prefix: `${JSON.stringify(optimizer)}/` },
      ).catch((cause: unknown) => cause);
      expect(isNotFinite(error) && error.code).toBe('engine');
      const { message, details } = error as { message: string; details: { step: number; rows: string[] } };
      expect(message).toMatch(
        /^align: step \d+, batch \d+ of epoch 1 \(rows train-\d+, .* and 3 more\): .*finite.*checkpoint is kept/,
      );
      expect(details.rows).toContain(`train-${bad}`);
      expect(details.rows.length).toBe(8);
      const kept = decodeCheckpoint(await store.read(`${JSON.stringify(optimizer)}/${alignmentFiles.resume}`)).state;
      expect([kept.step, details.step]).toEqual([3, 4]);
      expect(
        Object.values(kept.tensors).every(({ data: values }) => (values as Float32Array).every(Number.isFinite)),
      ).toBe(true);
    }
  });

  it('refuses a folder of another run and names the difference: budget, data, model, seed', async () => {
    const other: readonly (readonly [AlignmentRun, RegExp])[] = [
      [{ ...short, budget: { ...short.budget, batchSize: 8 } }, /its budget\.batchSize is 16, got 8/],
      [{ ...short, data: { ...data, hash: 'other' } }, /its data\.hash is "train-8-6", got "other" \(other data\)/],
      [
        { ...short, model: alignment({ modalities: twoModalities(), objective: plainContrast, width: 4 }) },
        /its model\.width is 8, got 4/,
      ],
      [{ ...short, seed: 5 }, /its seed is 4, got 5/],
      [{ ...short, optimizer: sgd() }, /its optimizer/],
    ];
    for (const [changed, message] of other) {
      const store = await copyOf(finished);
      const said = await failure(trainAlignment(changed, { runtime, store }));
      expect(said).toMatch(/^mismatch: align: 'config\.json' is of another run/);
      expect(said).toMatch(message);
      expect(said).toMatch(/choose another folder or remove this one/);
    }
  });

  it('names a damaged file of the folder and the fix', async () => {
    const damage = async (
      name: keyof typeof alignmentFiles,
      change: (bytes: Uint8Array) => Uint8Array,
    ): Promise<string> => {
      const store = await copyOf(finished);
      await store.write(alignmentFiles[name], change(await store.read(alignmentFiles[name])));
      return failure(trainAlignment(short, { runtime, store }));
    };
    const text = (value: string) => () => new TextEncoder().encode(value);
    expect(await damage('resume', (bytes) => bytes.slice(0, bytes.length / 2))).toMatch(
      /^truncated: align: 'checkpoint\.safetensors'.*remove it to start anew/,
    );
    expect(await damage('resume', text(''))).toMatch(/^(truncated|bad-file): align: 'checkpoint\.safetensors'/);
    expect(await damage('resume', text('<html>not found</html>'))).toMatch(
      /^(truncated|bad-file): align: 'checkpoint\.safetensors'/,
    );
    expect(await damage('config', text('{"format": "bioscan-al'))).toMatch(
      /^bad-file: align: 'config\.json', got text that is not JSON/,
    );
    expect(await damage('config', text('{"format": "npm"}'))).toMatch(
      /^bad-file: align: 'config\.json', got format "npm"/,
    );
    expect(await damage('log', (bytes) => bytes.slice(0, bytes.length / 2))).toMatch(
      /^truncated: align: 'log\.jsonl', got whole lines up to step \d, expected them up to step 12/,
    );
    // What a crash leaves is no damage: a line cut short beyond the checkpoint.
    expect(
      await damage('log', (bytes) => Uint8Array.from([...bytes, ...new TextEncoder().encode('{"step":13,"lo')])),
    ).toBe('no failure');
  });

  it('goes on without a log that was taken away, twice', async () => {
    const store = await copyOf(finished);
    await store.remove(alignmentFiles.log);
    for (let i = 0; i < 2; i++) await trainAlignment(short, { runtime, store });
    const cut = memoryStore();
    const cancel = new AbortController();
    await failure(
      trainAlignment(run, {
        runtime,
        store: cut,
        signal: cancel.signal,
        onProgress: ({ done }) => {
          if (done === 5) cancel.abort();
        },
      }),
    );
    await cut.remove(alignmentFiles.log);
    await trainAlignment(run, { runtime, store: cut });
    await trainAlignment(run, { runtime, store: cut });
    expect((await logOf(cut))[0]!['step']).toBe(6);
  });

  it('leaves out rows without a usable modality, says so, and refuses data with nothing to align', async () => {
    const images = data.ids.map((_, row) => (row % 4 === 0 ? undefined : new Float32Array(6).fill(row)));
    const gaps = { ...data, modalities: { ...data.modalities, image: inMemory(images) } };
    const warnings: string[] = [];
    const budget = { epochs: 1, batchSize: 64 };
    const store = memoryStore();
    await trainAlignment(
      { model, data: gaps, budget },
      { runtime, store, onPlan: (plan) => warnings.push(...plan.warnings) },
    );
    expect(warnings[0]).toBe('12 of 48 rows lack what the objective needs and are left out (with image 36, dna 48)');
    expect(warnings[1]).toMatch(/batches of 64 were asked for, but there are 36 rows/);
    expect(
      new TextDecoder()
        .decode(await store.read(alignmentFiles.rows))
        .trim()
        .split('\n').length,
    ).toBe(36);

    const none = { ...data, modalities: { ...data.modalities, image: inMemory(data.ids.map(() => undefined)) } };
    expect(await failure(trainAlignment({ model, data: none, budget }, { runtime, store: memoryStore() }))).toMatch(
      /^bad-input: align: modality 'image'/,
    );
    const unlabelled = { ...validation, labels: { species: validation.ids.map(() => undefined) } };
    expect(
      await failure(
        trainAlignment({ ...short, validation: { data: unlabelled, score } }, { runtime, store: memoryStore() }),
      ),
    ).toMatch(/^bad-input: align: validation, got 32 rows with image and none with a species/);
  });

  it('saves what it has when rows cannot be read, and refuses weights of another model', async () => {
    const store = memoryStore();
    let reads = 0;
    const failing: AlignmentData = {
      ...data,
      modalities: {
        ...data.modalities,
        image: {
          has: () => true,
          read: (rows) => (++reads > 6 ? Promise.reject(new Error('disk gone')) : data.modalities['image']!.read(rows)),
        },
      },
    };
    await expect(trainAlignment({ model, data: failing, budget: { steps: 20 } }, { runtime, store })).rejects.toThrow(
      'disk gone',
    );
    expect(decodeCheckpoint(await store.read(alignmentFiles.resume)).state.step).toBe(6);

    const wider = alignment({
      modalities: { ...twoModalities(), dna: { tower: vectorTower(12) } },
      objective: plainContrast,
      width: 8,
    });
    const bytes = await finished.read(alignmentFiles.best);
    expect(() => decodeAlignment(wider, bytes)).toThrow(
      /of another model, got modalities\.dna\.dimension 8, expected 12/,
    );
    expect(() => decodeAlignment(model, bytes.slice(0, 200))).toThrow();
  });
});
