import { describe, expect, it } from 'vitest';
import { memoryStore, type Store } from '@bioscan/core';
import {
  allArms,
  arms,
  attribution,
  attributionReport,
  comparer,
  powerText,
  type Attribution,
  type AttributionHost,
  type AttributionOptions,
  type PowerStatement,
  type SubjectSource,
} from '@bioscan/align/controls';
import { rng } from '@bioscan/core';
import { plantedTrainer, type PlantedEffects } from './planted-trainer.js';

const compared = [
  arms.raw(),
  arms.imageOnly({ passes: 1 }),
  arms.imageOnly({ passes: 2 }),
  arms.imageBinClassified(),
  arms.imageBinContrastive(),
  arms.imageDna(),
];
const planted: Readonly<Record<string, number>> = {
  raw: 0.2,
  'image-only, 1x passes': 0.3,
  'image-only, 2x passes': 0.32,
  'image + BIN, cross entropy': 0.42,
  'image + BIN, contrastive': 0.35,
  'image + DNA': 0.4,
};

describe('attribution() with a trainer of known effects', () => {
  it('recovers the planted gains over worlds, with their signs', async () => {
    const result = await attribution(optionsOf(worlds(6)), hostOf({ accuracy: (arm) => planted[arm] ?? 0 }));
    const compare = comparer(result.runs, rng(1));
    expect(compare.unit).toBe('world');
    let held = 0;
    for (const control of ['raw', 'image-only, 1x passes', 'image + BIN, cross entropy']) {
      const found = compare.difference('image + DNA', control);
      const truth = (planted['image + DNA'] ?? 0) - (planted[control] ?? 0);
      expect(found?.degrees).toBe(5);
      if (found?.interval !== undefined && found.interval.low < truth && truth < found.interval.high) held++;
      expect(found?.value).toBeCloseTo(truth, 1);
    }
    expect(held).toBeGreaterThanOrEqual(2);
    expect(compare.difference('image + DNA', 'image-only, 1x passes')?.interval?.low).toBeGreaterThan(0);
    expect(compare.difference('image + DNA', 'image + BIN, cross entropy')?.value).toBeLessThan(0);
  });

  it('covers 0 in nineteen of twenty worlds-sets without any effect', async () => {
    let covered = 0;
    const repeats = 60;
    for (let i = 0; i < repeats; i++) {
      const options = {
        ...optionsOf(worlds(5, `null ${i} `)),
        arms: [arms.imageOnly({ passes: 1 }), arms.imageDna()],
        grid: { learningRates: [1e-3], temperatures: [0.1] },
        seeds: [1],
      };
      const host = hostOf({ accuracy: () => 0.3, queries: 5 });
      const { runs } = await attribution(options, host);
      const interval = comparer(runs, rng(i)).difference('image + DNA', 'image-only, 1x passes')?.interval;
      if (interval !== undefined && interval.low <= 0 && interval.high >= 0) covered++;
    }
    // Binomial(60, 0.95): below 51 with probability 0.003.
    expect(covered).toBeGreaterThanOrEqual(51);
  });

  it('chooses each point on validation and states the power before it runs what is reported', async () => {
    const stages: string[] = [];
    let power: PowerStatement | undefined;
    const planted = plantedTrainer({ accuracy: () => 0.3, bestLearningRate: 3e-3 });
    const result = await attribution(optionsOf(worlds(3)), {
      store: memoryStore(),
      run: (job) => {
        stages.push(`${job.stage} ${job.subject}`);
        return planted(job);
      },
      onPower: (statement) => {
        expect(stages.every((stage) => stage.startsWith('validation tuning'))).toBe(true);
        power = statement;
      },
    });
    expect(result.chosen.filter(({ arm }) => arm !== 'raw').map(({ point }) => point.learningRate)).toEqual(
      compared.slice(1).map(() => 3e-3),
    );
    expect(power).toMatchObject({ unit: 'world', units: 3, source: 'validation', power: 0.8 });
    expect(powerText(power as PowerStatement)).toMatch(
      /With power 0.8 the comparison sees a gain of \d+\.\d points or more/,
    );
    expect(stages.filter((stage) => stage.startsWith('test tuning'))).toEqual([]);
  });

  it('refuses to report a world that it tuned on', async () => {
    const options = optionsOf(worlds(3));
    await expect(
      attribution({ ...options, tuning: options.subjects }, hostOf({ accuracy: () => 0.3 })),
    ).rejects.toThrow(/tuned on/);
  });

  it('bootstraps over species where there is one data set, and lists the seeds', async () => {
    const [own] = worlds(1) as [SubjectSource];
    const options = { ...optionsOf([own]), tuning: [own] };
    const result = await attribution(options, hostOf({ accuracy: (arm) => planted[arm] ?? 0, armDeviation: 0 }));
    const found = comparer(result.runs, rng(1)).difference('image + DNA', 'raw');
    expect(found?.interval?.unit).toBe('species');
    expect(found?.values).toHaveLength(2);
    expect(found?.interval?.low).toBeGreaterThan(0.15);
    expect(result.before).toMatchObject({ unit: 'species', units: 30, source: 'validation' });
  });
});

describe('what attribution() keeps and says', () => {
  it('goes on after a cancel, with the same bytes as a run in one go', async () => {
    const whole = memoryStore();
    const one = await attribution(optionsOf(worlds(2)), hostOf({ accuracy: (arm) => planted[arm] ?? 0 }, whole));
    const cut = memoryStore();
    const stop = new AbortController();
    const host = hostOf({ accuracy: (arm) => planted[arm] ?? 0 }, cut);
    const cancelled = attribution(optionsOf(worlds(2)), {
      ...host,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 9) stop.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const kept = (await cut.list('')).length;
    let reused = 0;
    const two = await attribution(optionsOf(worlds(2)), {
      ...host,
      concurrency: 2,
      onProgress: (progress) => {
        if (progress.reused) reused++;
      },
    });
    expect(kept).toBe(9);
    expect(reused).toBe(9);
    expect(two).toEqual(one);
    expect(await contents(cut)).toEqual(await contents(whole));
    expect((await contents(whole)).size).toBe(one.tuning.length + one.runs.length);
  });

  it('refuses a record that is not of the run it is named after', async () => {
    const store = memoryStore();
    const host = hostOf({ accuracy: () => 0.3 }, store);
    await attribution(optionsOf(worlds(2)), host);
    const [name] = await store.list('');
    await store.write(name as string, new TextEncoder().encode('{"format":"bioscan-arm-run"'));
    await expect(attribution(optionsOf(worlds(2)), host)).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('reports one table with costs and intervals, and one sentence within its rights', async () => {
    const result = await simulatedResult(true);
    const report = attributionReport(result, { title: 'Test', limits: ['Fake.'], versions: {} });
    const [table] = report.tables;
    expect(report.banner).toMatch(/^SIMULATED: property of generator/);
    expect(table?.rows.map(([name]) => name)).toEqual(compared.map(({ name }) => name));
    expect(table?.columns).toEqual(
      expect.arrayContaining(['harmonic mean', 'micro unseen', 'less raw', 'less image + BIN, cross entropy', 'GFLOP']),
    );
    const [sentence] = report.summary;
    expect(sentence).toMatch(/^Under these assumptions the tool detects a gain of at least \d/);
    expect(sentence).toMatch(/says nothing of real photos/);
    expect(JSON.stringify(report)).not.toMatch(/DNA improves photo identification/);
    const own = attributionReport(await simulatedResult(false), { title: 'Test', limits: [], versions: {} });
    expect(own.banner).toBeUndefined();
    expect(own.summary[0]).toMatch(/^On these specimens image \+ DNA changed species retrieval/);
  });

  it('has every arm of the protocol, each under a name of its own', () => {
    const names = allArms().map(({ name }) => name);
    expect(names).toHaveLength(20);
    expect(new Set(names).size).toBe(20);
    expect(JSON.parse(JSON.stringify(allArms()))).toEqual(allArms());
  });
});

function optionsOf(subjects: readonly SubjectSource[]): AttributionOptions {
  return {
    arms: compared,
    grid: { learningRates: [1e-3, 3e-3], temperatures: [0.1] },
    tuning: worlds(2, 'tuning '),
    subjects,
    seeds: [1, 2],
    budget: { steps: 10, batchSize: 64, width: 32 },
  };
}

function hostOf(effects: PlantedEffects, store: Store = memoryStore()): AttributionHost {
  return { store, run: plantedTrainer(effects) };
}

function worlds(count: number, prefix = 'world ', banner?: string): SubjectSource[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${prefix}${i}`,
    hash: `hash of ${prefix}${i}`,
    ...(banner === undefined ? {} : { banner }),
    open: () => Promise.reject(new Error('the planted trainer opens no subject')),
  }));
}

function simulatedResult(simulated: boolean): Promise<Attribution> {
  const subjects = worlds(3, 'world ', simulated ? 'SIMULATED: property of generator test, world fake' : undefined);
  return attribution(optionsOf(subjects), hostOf({ accuracy: (arm) => planted[arm] ?? 0 }));
}

async function contents(store: Store): Promise<Map<string, string>> {
  const decoder = new TextDecoder();
  const names = await store.list('');
  return new Map(await Promise.all(names.map(async (name) => [name, decoder.decode(await store.read(name))] as const)));
}
