import { readFileSync } from 'node:fs';
import { isBioscanError, memoryStore, rng, type Pool, type Progress } from '@bioscan/core';
import { damerauRestricted, semiGlobalDistance } from '@bioscan/dna/distance';
import {
  boxStatistics,
  distancesByRank,
  distanceTask,
  measurePairs,
  planDistances,
  quantile,
  rankSummaries,
  shannonBits,
  speciesCurve,
  tallyOf,
  type DistanceOptions,
  type GroupDistances,
  type HaplotypeRecord,
  type PairTask,
} from '@bioscan/qc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Golden {
  readonly samples: readonly {
    readonly values: readonly number[];
    readonly quantiles: readonly number[];
    readonly mean: number;
    readonly deviation: number;
    readonly box: readonly [number, number, number, number, number, number];
  }[];
  readonly shannon: readonly { readonly counts: readonly number[]; readonly bits: number }[];
  readonly paper: {
    readonly records: readonly (readonly [species: string, barcode: string])[];
    readonly groups: Readonly<
      Record<string, { readonly distances: readonly number[]; readonly mean: number; readonly deviation: number }>
    >;
    readonly macroMean: number;
    readonly macroDeviation: number;
  };
}
const golden = JSON.parse(readFileSync('fixtures/qc/distances.json', 'utf8')) as Golden;

const random = rng(7).split('distances test');

function barcode(length = 658): string {
  return Array.from({ length }, () => 'ACGT'[random.integer(4)]).join('');
}

function mutate(text: string, changes: number): string {
  const letters = [...text];
  for (let i = 0; i < changes; i++) letters[random.integer(letters.length)] = 'ACGT'[random.integer(4)] as string;
  return letters.join('');
}

function record(processId: string, species: string | undefined, sequence: string, genus = 'G'): HaplotypeRecord {
  return {
    processId,
    barcode: sequence,
    lineage: { order: 'O', genus, ...(species === undefined ? {} : { species }) },
  };
}

/** Three species of one genus, one of them seen once; lower case, gaps and repeated barcodes among them. */
function library(): HaplotypeRecord[] {
  const [a, b] = [barcode(), barcode()];
  const own = Array.from({ length: 6 }, (_, i) => mutate(a, i));
  return [
    ...own.map((text, i) => record(`A${i}`, 'first', text)),
    record('A6', 'first', `--${(own[2] as string).toLowerCase()}`),
    record('A7', 'first', `NNN${own[3] as string}`),
    ...Array.from({ length: 5 }, (_, i) => record(`B${i}`, 'second', mutate(b, 3 * i), 'H')),
    record('C0', 'alone', barcode()),
    record('D0', undefined, mutate(a, 9)),
    record('E0', 'first', ''),
    { processId: 'F0', lineage: { species: 'first' } },
  ];
}

async function measured(
  records: readonly HaplotypeRecord[],
  options: DistanceOptions,
): Promise<Map<string, GroupDistances>> {
  const found = await distancesByRank(planDistances(records, options));
  return new Map(found.map((one) => [one.group.name, one]));
}

describe('distances within groups', () => {
  const records = library();

  it('compares the different barcodes of a group, each pair once', async () => {
    const first = (await measured(records, { ranks: ['species'] })).get('first');
    expect(first?.group).toMatchObject({ records: 8, pairs: 15, compared: 15, exact: true, setAside: 0 });
    const own = [...new Set(records.slice(0, 6).map((one) => one.barcode as string))];
    const expected = own.flatMap((a, i) =>
      own.slice(0, i).map((b) => {
        const result = semiGlobalDistance(a, b);
        return result.comparable ? result.pDistance : Number.NaN;
      }),
    );
    expect(first?.tally).toEqual(tallyOf(expected));
    expect(first?.moments?.mean).toBeCloseTo(expected.reduce((sum, one) => sum + one, 0) / 15, 12);
    expect(first?.interval).toBeUndefined();
    const [a, b] = first?.farthest ?? ['', ''];
    const far = semiGlobalDistance(a, b);
    expect(far.comparable && far.pDistance).toBe(Math.max(...expected));
  });

  it('has no distance for a barcode alone, and says so instead of 0', async () => {
    const alone = (await measured(records, { ranks: ['species'] })).get('alone');
    expect(alone).toMatchObject({ moments: undefined, box: undefined, farthest: undefined, group: { pairs: 0 } });
    const [line] = rankSummaries(
      await distancesByRank(planDistances([record('A', 'x', barcode())], { ranks: ['species'] })),
      ['species'],
    );
    expect(line).toMatchObject({ groups: 1, measured: 0, distance: undefined, spread: undefined });
  });

  it('counts saturated and incomparable pairs, and averages neither', async () => {
    const long = barcode();
    const table = [record('A', 'x', long), record('B', 'x', long.slice(0, 250)), record('C', 'x', mutate(long, 4))];
    const x = (await measured(table, { ranks: ['species'], measure: 'k2p' })).get('x');
    expect(x).toMatchObject({ incomparable: 2, saturated: 0 });
    expect(x?.moments?.count).toBe(1);
    expect(Number.isFinite(x?.moments?.mean)).toBe(true);
  });

  it.each(['levenshtein', 'damerau'] as const)('%s takes barcodes of one length only', async (measure) => {
    const table = [...records, record('Z', 'first', barcode(500))];
    const first = (await measured(table, { ranks: ['species'], measure })).get('first');
    expect(first?.group).toMatchObject({ setAside: 1, pairs: 15 });
    const own = [...new Set(records.slice(0, 6).map((one) => one.barcode as string))];
    const edits = own.flatMap((a, i) => own.slice(0, i).map((b) => damerauRestricted(a, b)));
    expect(first?.tally).toEqual(tallyOf(edits));
  });

  it('refuses what has nothing to compare', () => {
    expect(refusal(() => planDistances([{ processId: 'A', lineage: { species: 'x' } }]))).toBe('bad-input');
    expect(refusal(() => planDistances([{ processId: 'A', lineage: {}, barcode: 'ACGT' }]))).toBe('missing-column');
    expect(refusal(() => planDistances([]))).toBe('bad-input');
  });
});

describe('the preset paper', () => {
  it('equals the published definition on a small set', async () => {
    const records = golden.paper.records.map(([species, text], i) => record(`P${i}`, species, text));
    const plan = planDistances(records, { ranks: ['species'], measure: 'paper' });
    expect(plan).toMatchObject({ length: 625, minimumBarcodes: 5 });
    const found = await distancesByRank(plan);
    let compared = 0;
    for (const { group, tally, moments } of found) {
      const expected = golden.paper.groups[group.name];
      if (expected === undefined) expect(moments).toBeUndefined();
      else {
        expect(tally).toEqual(tallyOf(expected.distances));
        expect(moments?.mean).toBeCloseTo(expected.mean, 10);
        expect(moments?.deviation).toBeCloseTo(expected.deviation, 10);
        compared += expected.distances.length;
      }
    }
    expect(compared).toBeGreaterThan(40);
    const [line] = rankSummaries(found, ['species']);
    expect(line?.distance).toBeCloseTo(golden.paper.macroMean, 10);
    expect(line?.spread).toBeCloseTo(golden.paper.macroDeviation, 10);
  });
});

describe('sampling', () => {
  const base = barcode();
  const many = Array.from({ length: 60 }, (_, i) => record(`S${i}`, 'many', mutate(base, i)));

  it('is seeded, and its interval holds the exact mean', async () => {
    const exact = (await measured(many, { ranks: ['species'], measure: 'damerau' })).get('many')?.moments
      ?.mean as number;
    const options = { ranks: ['species'], measure: 'damerau', exactPairs: 100, sampledPairs: 400 } as const;
    const one = (await measured(many, options)).get('many');
    expect(one?.group).toMatchObject({ exact: false, compared: 400, pairs: 1770 });
    expect((await measured([...many].reverse(), options)).get('many')?.tally).toEqual(one?.tally);
    expect((await measured(many, { ...options, seed: 2 })).get('many')?.tally).not.toEqual(one?.tally);
    let held = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const interval = (await measured(many, { ...options, seed })).get('many')?.interval;
      if (interval !== undefined && interval.low <= exact && exact <= interval.high) held++;
    }
    // 38 expected; 33 or fewer of 40 would be one chance in two hundred.
    expect(held).toBeGreaterThan(33);
  });
});

describe('long runs', () => {
  const base = barcode(640);
  const many = Array.from({ length: 150 }, (_, i) => record(`S${i}`, `s${i % 3}`, mutate(base, i)));
  const plan = planDistances(many, { ranks: ['order', 'species'], measure: 'damerau' });

  it('goes on where it was stopped, to the same result, and drops a torn line', async () => {
    const whole = await distancesByRank(plan);
    const store = memoryStore();
    const stop = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      if (progress.done > 0) stop.abort();
    };
    await expect(distancesByRank(plan, { store, signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const [name = ''] = await store.list('distances-');
    await store.append(name, new TextEncoder().encode('[1,[{"tal'));
    const tasks: PairTask[] = [];
    const pool: Pool = {
      run: <Result>(task: string, input: unknown) => {
        expect(task).toBe(distanceTask);
        tasks.push(structuredClone(input) as PairTask);
        return Promise.resolve(measurePairs(input as PairTask) as Result);
      },
      close: () => Promise.resolve(),
    };
    seen.length = 0;
    const resumed = await distancesByRank(plan, { store, pool, onProgress: (progress) => seen.push(progress) });
    expect(resumed).toEqual(whole);
    expect(plan.units.length).toBeGreaterThan(2);
    expect(tasks.length).toBe(plan.units.length - 1);
    expect(seen[0]?.done).toBeGreaterThan(0);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
    tasks.length = 0;
    expect(await distancesByRank(plan, { store, pool })).toEqual(whole);
    expect(tasks).toHaveLength(0);
  });

  it('keeps another plan apart', async () => {
    const store = memoryStore();
    await distancesByRank(plan, { store });
    await distancesByRank(planDistances(many, { ranks: ['species'], measure: 'damerau' }), { store });
    expect(await store.list('distances-')).toHaveLength(2);
  });
});

describe('statistics', () => {
  it('equal NumPy and matplotlib', () => {
    expect(golden.samples.length).toBeGreaterThan(5);
    for (const { values, quantiles, box } of golden.samples) {
      const tally = tallyOf(values);
      quantiles.forEach((expected, i) => {
        expect(quantile(tally, i / 8)).toBeCloseTo(expected, 12);
      });
      const { low, q1, median, q3, high, outliers } = boxStatistics(tally) ?? {};
      [low, q1, median, q3, high, outliers].forEach((value, i) => {
        expect(value).toBeCloseTo(box[i] as number, 12);
      });
    }
    for (const { counts, bits } of golden.shannon) expect(shannonBits(counts)).toBeCloseTo(bits, 10);
  });

  it('sorts species into bins of equal number', async () => {
    const means = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 260 });
    const [shape] = await distancesByRank(planDistances([record('A', 'x', barcode())], { ranks: ['species'] }));
    if (shape === undefined) throw new Error('no group');
    fc.assert(
      fc.property(means, (values) => {
        const found = values.map((mean): GroupDistances => ({
          ...shape,
          moments: { count: 1, mean, deviation: undefined, smallest: mean, largest: mean },
        }));
        const curve = speciesCurve(found);
        expect(curve).toHaveLength(Math.min(100, values.length));
        expect(curve.reduce((sum, { species }) => sum + species, 0)).toBe(values.length);
        expect(curve.every(({ mean }, i) => i === 0 || mean <= (curve[i - 1]?.mean ?? Infinity))).toBe(true);
        if (values.length > 0)
          expect(curve[0]?.mean).toBeGreaterThanOrEqual(values.reduce((a, b) => a + b) / values.length);
      }),
    );
  });
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isBioscanError(error)) return error.code;
    throw error;
  }
  return '';
}
