import { describe, expect, it } from 'vitest';
import { memoryStore, type Store } from '@bioscan/core';
import {
  allArms,
  arms,
  attribution,
  attributionReport,
  comparer,
  marginVerdict,
  powerText,
  type ArmJob,
  type ArmRun,
  type Attribution,
  type AttributionHost,
  type AttributionOptions,
  type PowerStatement,
  planReported,
  trainerVersion,
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
    expect(result.chosen.filter(({ arm }) => arm !== 'raw').map(({ point }) => point?.learningRate)).toEqual(
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

  it('refuses one data set for both where its queries are the same for both, or under another name', async () => {
    const [own] = worlds(1) as [SubjectSource];
    const both = { ...optionsOf([own]), tuning: [own] };
    const host = hostOf({ accuracy: () => 0.3 });
    await expect(attribution(both, host)).rejects.toThrow(
      /one subject to tune on and to report.*queries that are apart/,
    );
    const part = { ...own, hash: 'a part', origin: own.hash };
    await expect(attribution({ ...both, subjects: [part] }, host)).rejects.toThrow(/one subject to tune on/);
    const { chosen } = await attribution(optionsOf(worlds(2)), host);
    const [tuned] = worlds(1, 'tuning ') as [SubjectSource];
    expect(() => planReported(compared, chosen, [tuned], [1], both.budget)).toThrow(/one subject to tune on/);
  });

  it('bootstraps over species where there is one data set, and lists the seeds', async () => {
    const own: SubjectSource = { ...(worlds(1)[0] as SubjectSource), queries: 'apart' };
    const options = { ...optionsOf([own]), tuning: [own] };
    const result = await attribution(options, hostOf({ accuracy: (arm) => planted[arm] ?? 0, armDeviation: 0 }));
    const found = comparer(result.runs, rng(1)).difference('image + DNA', 'raw');
    expect(found?.interval?.unit).toBe('species');
    expect(found?.values).toHaveLength(2);
    expect(found?.interval?.low).toBeGreaterThan(0.15);
    expect(result.before).toMatchObject({ unit: 'species', units: 30, source: 'validation' });
  });
});

describe('runs that diverge', () => {
  const wild = (job: ArmJob): boolean => job.point.learningRate === 3e-3 && job.seed === 1;

  it('are results: recorded, never chosen, and the study goes on', async () => {
    const store = memoryStore();
    const effects = { accuracy: (arm: string) => planted[arm] ?? 0, bestLearningRate: 3e-3, diverges: wild };
    const result = await attribution(optionsOf(worlds(3)), hostOf(effects, store));
    expect(result.chosen.map(({ point }) => point?.learningRate)).toEqual(compared.map(() => 1e-3));
    expect(result.chosen.at(-1)?.tried.map(({ validation }) => validation === undefined)).toEqual([false, true]);
    const records = [...(await contents(store)).values()].map((text) => JSON.parse(text) as ArmRun);
    expect(records.filter(({ diverged }) => diverged?.step === 4).length).toBe(2 * 5);
    // A second call reads them as any other.
    const again = await attribution(optionsOf(worlds(3)), {
      store,
      run: () => Promise.reject(new Error('nothing is left to run')),
    });
    expect(again).toEqual(result);
    const [, grid] = attributionReport(result, { title: '', limits: [], versions: {} }).tables;
    expect(grid?.rows.at(-1)?.[2]).toBe('diverged');
  });

  it('of a reported arm are printed so, without figures of the rest', async () => {
    const diverges = ({ stage, arm, subject, seed }: ArmJob): boolean =>
      stage === 'test' && arm.name === 'image-only, 1x passes' && subject === 'world 1' && seed === 2;
    const result = await attribution(optionsOf(worlds(3)), hostOf({ accuracy: (arm) => planted[arm] ?? 0, diverges }));
    const report = attributionReport(result, { title: '', limits: [], versions: {} });
    const row = report.tables[0]?.rows.find(([name]) => name === 'image-only, 1x passes');
    expect(row?.slice(1, 6)).toEqual(['diverged in 1 of 6 runs', '–', '–', '–', '–']);
    expect(report.warnings).toEqual([expect.stringMatching(/^image-only, 1x passes diverged in 1 of 6 runs/)]);
    expect(report.summary[0]).toMatch(/Nothing can be said of what diverged: image-only, 1x passes\.$/);
    expect(report.summary[0]).not.toMatch(/against image-only, 1x/);
    expect(result.after).toBeUndefined();
  });

  it('at every point leave the arm out of what is reported', async () => {
    const diverges = ({ arm }: ArmJob): boolean => arm.name === 'image + DNA';
    const result = await attribution(optionsOf(worlds(3)), hostOf({ accuracy: (arm) => planted[arm] ?? 0, diverges }));
    expect(result.runs.some(({ job }) => job.arm.name === 'image + DNA')).toBe(false);
    const report = attributionReport(result, { title: '', limits: [], versions: {} });
    expect(report.tables[0]?.rows.at(-1)?.slice(0, 2)).toEqual(['image + DNA', 'diverged at every point of the grid']);
    expect(report.summary[0]).toMatch(
      /nothing to compare with\. Nothing can be said of what diverged: image \+ DNA\.$/,
    );
  });
});

describe('margins', () => {
  const linesOf = async (toDna: number, dnaToDna: number, count = 4): Promise<string[]> => {
    const also = (arm: string, [query]: readonly [string, string]): number =>
      query === 'image' ? toDna : arm === 'raw' ? 0.8 : dnaToDna;
    const host = hostOf({ accuracy: (arm) => planted[arm] ?? 0, also, queries: 400 });
    const result = await attribution({ ...optionsOf(worlds(count)), arms: [arms.raw(), arms.imageDna()] }, host);
    return attributionReport(result, { title: '', limits: [], versions: {} }).summary.filter((line) =>
      line.startsWith('Margin'),
    );
  };

  it('are answered by the interval: five times chance, one point below raw', async () => {
    const [clear, equal] = await linesOf(0.2, 0.8);
    expect(clear).toMatch(
      /^Margin: image to dna retrieval of image \+ DNA above 5 times chance \(5\.0 %\)\? yes: \d\d\.\d \[/,
    );
    expect(equal).toMatch(/^Margin: dna to dna .* inferior to raw by more than 1 point\? not inferior: /);
    const [low, worse] = await linesOf(0.03, 0.7);
    expect(low).toMatch(/\? no: /);
    expect(worse).toMatch(/\? inferior: −\d+\.\d \[/);
    const [near, close] = await linesOf(0.05, 0.79, 2);
    expect(near).toMatch(/\? undecided: /);
    expect(close).toMatch(/\? undecided: /);
    expect([marginVerdict(undefined, 0), marginVerdict({ low: 0, high: 1, level: 0.95, unit: 'world' }, 0)]).toEqual([
      'undecided',
      'undecided',
    ]);
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

  it('runs again what another trainer gave, and notes what gave each', async () => {
    const store = memoryStore();
    const options = optionsOf(worlds(2));
    let trained = 0;
    const planted = plantedTrainer({ accuracy: () => 0.3 });
    const run: AttributionHost['run'] = (job) => {
      trained++;
      return planted(job);
    };
    await attribution(options, { store, run, versions: { generator: 'fake-1' } });
    const total = trained;
    const [name = ''] = await store.list('');
    const first = JSON.parse((await contents(store)).get(name) ?? '') as ArmRun;
    expect(first.versions).toEqual({ trainer: trainerVersion, generator: 'fake-1' });
    await attribution(options, { store, run });
    expect(trained).toBe(total);
    // A record from before versions is of the first trainer.
    const { versions: _, ...old } = first;
    await store.write(name, new TextEncoder().encode(JSON.stringify(old)));
    await attribution(options, { store, run });
    expect(trained).toBe(total + 1);
    const names = await store.list('');
    await attribution(options, { store, run, versions: { trainer: 'next' } });
    expect(trained).toBe(2 * total + 1);
    expect(await store.list('')).toEqual(names);
    expect((JSON.parse((await contents(store)).get(name) ?? '') as ArmRun).versions?.['trainer']).toBe('next');
  });

  it('takes any damage of a record for damage: one clear error that names the file', async () => {
    const store = memoryStore();
    const host = hostOf({ accuracy: () => 0.3 }, store);
    const options = { ...optionsOf(worlds(2)), arms: [arms.raw(), arms.imageDna()], seeds: [1] };
    await attribution(options, host);
    const [name = ''] = await store.list('');
    const whole = await store.read(name);
    const text = new TextDecoder().decode(whole);
    const record = JSON.parse(text) as ArmRun;
    const damaged = [
      ...Array.from({ length: 12 }, (_, i) => text.slice(0, Math.floor((i * text.length) / 12))),
      'null',
      JSON.stringify({ ...record, retrievals: [] }),
      JSON.stringify({ ...record, retrievals: [{ ...record.retrievals[0], seen: { species: ['a'], right: [] } }] }),
      JSON.stringify({ ...record, cost: { steps: 'many' } }),
      JSON.stringify({ ...record, job: { ...record.job, seed: 99 } }),
    ];
    for (const one of damaged) {
      await store.write(name, new TextEncoder().encode(one));
      await expect(attribution(options, { ...host, concurrency: 2 }), one.slice(-40)).rejects.toMatchObject({
        code: 'bad-file',
        details: { name },
      });
    }
    await store.write(name, whole);
    await attribution(options, { ...host, run: () => Promise.reject(new Error('nothing is left to run')) });
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
