import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BioscanError, memoryStore, type Metric, type Runtime, type Store } from '@bioscan/core';
import {
  exitCodes,
  metricSystem,
  openWorldSets,
  planSweep,
  runSweep,
  sweepGrid,
  sweepReport,
  type OpenWorldSets,
  type SweepOptions,
  type SweepResult,
} from '@bioscan/cli';
import { readSpecimenTable } from '@bioscan/data';
import { augmentedTower, barcodeBert, barcodeCnn, frameShift, hiddenLetters, profileTower } from '@bioscan/dna';
import { barcodeProfile } from '@bioscan/dna/baselines';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-sweep-'));
let runtime: EngineRuntime;
let sets: OpenWorldSets;

beforeAll(async () => {
  runtime = openRuntime();
  expect(
    (await bioscan('simulate', join(folder, 'records.tsv'), '--specimens', '600', '--species', '60')).err,
  ).toContain('SIMULATED');
  const split = await bioscan('split', join(folder, 'records.tsv'), join(folder, 'split.tsv'), '--seed', '3');
  expect(split.code, split.err).toBe(exitCodes.ok);
  const table = await readSpecimenTable(join(folder, 'split.tsv'));
  const assignment = new Map(
    [...table].flatMap(({ processId, split: one }) => (one === undefined ? [] : [[processId, one]])),
  );
  sets = openWorldSets(table, assignment);
}, 60_000);
afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const options: SweepOptions = {
  shapes: [
    [3, 1, 2],
    [4, 1, 2],
  ],
  width: 16,
  budget: { steps: 3, batchSize: 8, peakLearningRate: 1e-3 },
  probes: ['knn'],
};

/** An engine that counts the runs it trains, and fails those of which the rule says so. */
function watched(fails?: (started: number) => Error | undefined): Runtime & { started: number } {
  const engine = {
    started: 0,
    open: (model: Parameters<Runtime['open']>[0]) => runtime.open(model),
    train(step: Parameters<Runtime['train']>[0], initial: Parameters<Runtime['train']>[1]) {
      engine.started++;
      const error = fails?.(engine.started);
      return error === undefined ? runtime.train(step, initial) : Promise.reject(error);
    },
  };
  return engine;
}

async function cellTexts(store: Store): Promise<string[]> {
  const names = (await store.list('cells/')).slice().sort();
  const texts = [];
  for (const name of names) texts.push(new TextDecoder().decode(await store.read(name)));
  return texts;
}

describe('sweep', () => {
  it('plans every combination, with the published sizes', () => {
    expect(sweepGrid([4, 6], [4], [4, 12])).toEqual([
      [4, 4, 4],
      [4, 4, 12],
      [6, 4, 4],
      [6, 4, 12],
    ]);
    const published = planSweep(sets, {
      shapes: [
        [4, 12, 12],
        [4, 4, 4],
        [8, 4, 4],
      ],
    });
    // Millions, spec of the published models.
    expect(published.cells.map(({ parameters }) => (parameters / 1e6).toFixed(2))).toEqual(['85.65', '28.95', '79.08']);
    expect(published.settings).toMatchObject({ width: 768, budget: { epochs: 35 }, probes: ['knn', 'linear'] });
    expect(() =>
      planSweep(sets, {
        ...options,
        shapes: [
          [3, 1, 2],
          [3, 1, 2],
        ],
      }),
    ).toThrow(/3-1-2-seed-0 twice/);
    expect(() => planSweep(sets, { ...options, shapes: [[3, 1, 5]] })).toThrow(/no multiple of 5 heads/);
    expect(planSweep(sets, { ...options, seeds: [0, 1] }).cells.map(({ name }) => name)).toContain('4-1-2-seed-1');
    expect(planSweep(sets, { ...options, seeds: [7] }).cells.map(({ name }) => name)).toContain('4-1-2-seed-7');
  });

  it('a finished cell is a file; what was cut off goes on; the result is the same to the byte', async () => {
    const plan = planSweep(sets, options);
    const [whole, parts] = [memoryStore(), memoryStore()];
    await runSweep(plan, sets, { runtime, store: whole });
    const abort = new AbortController();
    const first = watched();
    const stopped = runSweep(plan, sets, {
      ...{ runtime: first, store: parts, signal: abort.signal },
      onProgress: (cell, what, done) => {
        if (cell.name === '4-1-2-seed-0' && what === 'pretraining' && done === 1) abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect((await parts.list('cells/')).length).toBe(1);
    const second = watched();
    const { outcomes } = await runSweep(plan, sets, { runtime: second, store: parts });
    expect([first.started, second.started]).toEqual([2, 1]);
    expect(outcomes.map(({ outcome }) => outcome.status)).toEqual(['done', 'done']);
    expect(await cellTexts(parts)).toEqual(await cellTexts(whole));
    const third = watched();
    await runSweep(plan, sets, { runtime: third, store: parts });
    expect(third.started).toBe(0);
    // Other settings are other cells.
    await runSweep(planSweep(sets, { ...options, shapes: [[3, 1, 2]], width: 8 }), sets, {
      runtime: third,
      store: parts,
    });
    expect(third.started).toBe(1);
    // And so is another seed, alone or not.
    const fourth = watched();
    const other = { runtime: fourth, store: parts };
    await runSweep(planSweep(sets, { ...options, seeds: [1] }), sets, other);
    expect(fourth.started).toBe(2);
    await runSweep(planSweep(sets, { ...options, seeds: [0, 1] }), sets, other);
    expect(fourth.started).toBe(2);
  }, 60_000);

  it('takes no file of another cell, whatever its name', async () => {
    const plan = planSweep(sets, { ...options, shapes: [[3, 1, 2]] });
    const store = memoryStore();
    await runSweep(plan, sets, { runtime, store });
    const [file] = await store.list('cells/');
    const text = new TextDecoder().decode(await store.read(file as string));
    const seeded = text.replace('"seed": 0', '"seed": 5');
    expect(seeded).not.toBe(text);
    await store.write(file as string, new TextEncoder().encode(seeded));
    await runSweep(plan, sets, { runtime, store });
    expect(new TextDecoder().decode(await store.read(file as string))).toBe(text);
  }, 60_000);

  it('chooses by validation, shows test figures of the chosen shape alone, and names the seeds that ran', () => {
    const plan = planSweep(sets, { ...options, seeds: [3, 4] });
    const accuracy = (value: number) => ({
      micro: { name: 'accuracy', value, count: 10 },
      macro: { name: 'accuracy', value, count: 10 },
    });
    // Seeds averaged, 3-1-2 is better on validation (0.45 to 0.4) and worse on test; the single best validation cell is of 4-1-2.
    const validation = new Map([
      ['3-1-2-seed-3', 0.45],
      ['3-1-2-seed-4', 0.45],
      ['4-1-2-seed-3', 0.5],
      ['4-1-2-seed-4', 0.3],
    ]);
    const result = (mayChoose: boolean): SweepResult => ({
      plan,
      outcomes: plan.cells.map((cell) => {
        const knn = {
          ...(mayChoose ? { validation: accuracy(validation.get(cell.name) as number) } : {}),
          test: accuracy(cell.shape[0] === 3 ? 0.123 : 0.987),
        };
        return { cell, outcome: { status: 'done', scores: { knn } } };
      }),
    });
    const text = { title: 'sweep', provenance: { seeds: [99], versions: {} } };
    const report = sweepReport(result(true), text);
    expect(report.provenance.seeds).toEqual([3, 4]);
    expect(report.summary).toEqual([
      '1-NN, genus of unseen: 3-1-2 is best of 2 on validation at 45.0 % macro; 12.3 % on test.',
    ]);
    expect(report.tables[1]?.rows.map(([, name]) => name)).toEqual(['3-1-2-seed-3', '3-1-2-seed-4']);
    expect(JSON.stringify(report)).toContain('0.123');
    expect(JSON.stringify(report)).not.toContain('0.987');
    const unchosen = sweepReport(result(false), text);
    expect(unchosen.summary).toEqual([]);
    expect(unchosen.warnings.join()).toContain('val_unseen and test_unseen share species');
    expect(JSON.stringify(unchosen)).not.toMatch(/0\.123|0\.987/);
  });

  it('shows a cell that diverges or fails as such, and tries only the failed one again', async () => {
    const plan = planSweep(sets, {
      ...options,
      shapes: [
        [2, 1, 2],
        [3, 1, 2],
        [4, 1, 2],
      ],
    });
    const store = memoryStore();
    const engine = watched((started) =>
      started === 1
        ? new BioscanError('engine', 'runtime: loss, got NaN', { reason: 'not-finite' })
        : started === 2
          ? new BioscanError('engine', 'runtime: memory is finite, and this is out of it')
          : undefined,
    );
    const { outcomes } = await runSweep(plan, sets, { runtime: engine, store });
    expect(outcomes.map(({ outcome }) => outcome.status)).toEqual(['diverged', 'failed', 'done']);
    const again = watched();
    const result = await runSweep(plan, sets, { runtime: again, store });
    expect(again.started).toBe(1);
    expect(result.outcomes.map(({ outcome }) => outcome.status)).toEqual(['diverged', 'done', 'done']);
    const report = sweepReport(result, { title: 'sweep', provenance: { versions: {} } });
    expect(report.tables[0]?.rows[0]).toEqual(['2-1-2-seed-0', expect.any(String), 'diverged', '–', '–']);
    expect((report.tables[0]?.rows[1]?.[3] as Metric).interval).toBeDefined();
    expect(report.warnings.join()).toContain('2-1-2-seed-0 diverged: runtime: loss, got NaN');
    expect(report.tables[2]?.rows[0]).toEqual(['8-4-4', 'BIOSCAN-5M', '99.28', '94.47', '47.03']);
    expect(report.figures[0]?.series.flatMap(({ points }) => points.map(({ x }) => x))).toEqual(['3', '4']);
  }, 60_000);

  it('runs from the shell with all three probes, and again from its files', async () => {
    const out = join(folder, 'sweep');
    const words = ['--shapes', '3,4-1-2', '--width', '16', '--steps', '2', '--batch', '8', '--rate', '0.001'];
    const all = ['sweep', join(folder, 'split.tsv'), '--out', out, ...words, '--probes', 'knn,linear,fine-tuned'];
    const done = await bioscan(...all, '--fine-tune-epochs', '1');
    expect(done.code, done.err).toBe(exitCodes.ok);
    expect(done.out).toContain('fine-tuned, species of seen');
    expect(done.out).toContain('is best of 2 on validation');
    expect(done.out).toContain('47.03');
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('4-1-2');
    expect(readdirSync(join(out, 'cells'))).toHaveLength(2);
    const again = await bioscan(...all, '--fine-tune-epochs', '1');
    expect(again.out).toBe(done.out);
    expect((await bioscan('sweep', 'x', '--out', out, '--shapes', '4-4')).code).toBe(exitCodes.usage);
  }, 120_000);
});

describe('metricSystem', () => {
  it.each(['bert', 'cnn', 'sites'] as const)(
    'supervised contrastive on names with %s in one call',
    async (which) => {
      const towers = {
        bert: () => augmentedTower(barcodeBert({ k: 4, layers: 1, heads: 2, width: 16 }), frameShift(4), 'frame shift'),
        cnn: () =>
          augmentedTower(
            barcodeCnn({ widths: [8, 8, 8], dimension: 16, normalisation: 'group' }),
            hiddenLetters(0.3),
            'hidden 0.3',
          ),
        sites: () => profileTower(barcodeProfile(sets.keys.map(({ input }) => input)), { hidden: 0.7 }),
      };
      let open = 0;
      const counted: Runtime = {
        ...watched(),
        open: async (model) => {
          const session = await runtime.open(model);
          open++;
          const { inputs, outputs } = session;
          return {
            ...{ inputs, outputs, run: (feeds) => session.run(feeds) },
            close: () => session.close().finally(() => open--),
          };
        },
      };
      const system = await metricSystem(
        sets,
        {
          ...{ name: which, tower: towers[which](), preset: 'supervised-contrastive', width: 8, seed: 1 },
          budget: { steps: 4, batchSize: 16 },
        },
        { runtime: counted, store: memoryStore() },
      );
      expect(system.kind).toBe('labels used');
      const neighbours = await system.nearest(sets.testUnseen);
      expect(neighbours.queryIds).toHaveLength(sets.testUnseen.length);
      expect(system.source?.dimension).toBe(8);
      expect(open).toBe(1);
      await system.close?.();
      expect(open).toBe(0);
    },
    60_000,
  );

  it.each([
    ['without unseen validation species', () => ({ ...sets, valUnseen: [] }), /no record in val_unseen/],
    ['that are test species, too', () => ({ ...sets, mayChoose: false }), /val_unseen species that test_unseen has/],
  ])('does not train %s: nothing says where to stop', async (_, wrong, message) => {
    const profile = barcodeProfile(sets.keys.map(({ input }) => input));
    const recipe = { name: 'sites', tower: profileTower(profile), seed: 1, budget: { steps: 2 } };
    const engine = watched();
    const training = metricSystem(wrong(), recipe, { runtime: engine, store: memoryStore() });
    await expect(training).rejects.toMatchObject({ code: 'bad-input' });
    await expect(training).rejects.toThrow(message);
    expect(engine.started).toBe(0);
  });
});
