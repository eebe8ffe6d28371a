import { rng, type EncoderProvenance, type Metric, type Report } from '@bioscan/core';
import {
  bySharedBin,
  byKeyCount,
  byRank,
  chance,
  crossed,
  estimate,
  harmonicMean,
  knnPredictions,
  labelTable,
  pairedDifference,
  probeReport,
  resampler,
  scorePredictions,
  scores,
  stratify,
  sweep,
  type Outcomes,
  type ProbeSystem,
} from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { golden, neighboursOf, type KnnGolden } from './golden.js';

const data = golden('knn') as KnnGolden;
const labels = labelTable([...data.keys, ...data.queries]);
const keyIds = data.keys.map(({ processId }) => processId);
const queryIds = data.queries.map(({ processId }) => processId);
const neighbours = neighboursOf(queryIds, keyIds, data.nearest);
const farthest = neighboursOf(
  queryIds,
  keyIds,
  data.nearest.map((list) => [...list].reverse()),
);
const draws = resampler({ rng: rng(1), replicates: 200 });
const source: EncoderProvenance = {
  id: 'k6',
  modality: 'dna',
  dimension: 12,
  settings: {},
  corpus: { kind: 'process-ids', members: [] },
};

function outcomesOf(from: typeof neighbours, k = 1): Outcomes[] {
  return (['genus', 'species', 'bin'] as const).map((rank) =>
    scorePredictions(knnPredictions(from, labels, rank, { k }), labels),
  );
}

const systems: ProbeSystem[] = [
  { name: '6-mers', kind: 'baseline', source, runs: [{ outcomes: outcomesOf(neighbours) }] },
  {
    name: 'pretrained',
    kind: 'self-supervised',
    source: { ...source, id: 'bert', corpus: undefined } as unknown as EncoderProvenance,
    runs: [1, 3, 5].map((k) => ({ seed: k, outcomes: outcomesOf(neighbours, k) })),
  },
  { name: 'reversed', kind: 'labels used', runs: [{ outcomes: outcomesOf(farthest) }] },
];
const levels = (['genus', 'species', 'bin'] as const).map((rank) =>
  chance(neighbours, labels, rank, { rng: rng(2), draws: 20 }),
);
const report: Report = probeReport({
  title: 'Test',
  resampler: draws,
  limits: ['synthetic'],
  provenance: { seeds: [1], versions: {} },
  tasks: [
    {
      title: 'unseen',
      rank: 'genus',
      systems,
      chance: levels,
      strata: [{ title: 'shared BIN', of: bySharedBin(labels, keyIds) }],
    },
  ],
});

function table(title: string): Report['tables'][number] {
  const found = report.tables.find((one) => one.title === title);
  expect(found, `${title} among ${report.tables.map((one) => one.title).join('; ')}`).toBeDefined();
  return found!;
}

describe('probe report', () => {
  it('keeps a row, with dashes, for a system that could not be asked', () => {
    const absent: ProbeSystem = { name: 'BLAST+ (not installed)', kind: 'baseline', runs: [] };
    const { tables } = probeReport({
      title: 'Test',
      resampler: draws,
      limits: ['synthetic'],
      provenance: { seeds: [1], versions: {} },
      tasks: [{ title: 'unseen', rank: 'genus', systems: [...systems, absent], chance: levels }],
    });
    const [main, byRank] = tables;
    expect(main?.columns).toContain('macro top-5');
    for (const one of [main, byRank]) {
      const row = one?.rows.find(([name]) => name === absent.name);
      expect(row?.slice(2)).toEqual(one?.columns.slice(2).map(() => '–'));
    }
  });

  it('has systems by metrics, kinds apart, differences paired, chance last', () => {
    const { columns, rows, note } = table('unseen: genus');
    expect(columns).toEqual(['system', 'kind', 'macro', 'micro', 'macro top-3', 'macro top-5', 'Δ macro', 'Δ micro']);
    expect(rows.map(([name, kind]) => [name, kind])).toEqual([
      ['6-mers', 'baseline'],
      ['pretrained', 'self-supervised'],
      ['reversed', 'labels used'],
      ['chance', 'chance'],
    ]);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    const golden1 = data.cases.find(({ rank, k }) => rank === 'genus' && k === 1)!;
    const macro = rows[0]![2] as Metric;
    expect(macro.value).toBeCloseTo(golden1.macro, 12);
    expect(macro.interval).toMatchObject({ level: 0.95, unit: 'genus>species' });
    expect(macro.interval!.low).toBeLessThan(macro.value);
    expect((rows[0]![3] as Metric).value).toBeCloseTo(golden1.micro, 12);
    expect(rows[0]!.slice(-2)).toEqual(['reference', 'reference']);
    const seeds = rows[1]![2] as Metric;
    expect(seeds.seeds).toHaveLength(3);
    expect(seeds.value).toBeCloseTo(seeds.seeds!.reduce((a, b) => a + b) / 3, 12);
    const gap = rows[2]![6] as Metric;
    expect(gap.value).toBeCloseTo(
      pairedDifference(estimate(outcomesOf(farthest)[0]!, draws), estimate(outcomesOf(neighbours)[0]!, draws)).value,
      12,
    );
    expect(gap.interval!.high).toBeLessThan(0);
    expect((rows[3]![2] as Metric).value).toBe(levels[0]!.macro.mean);
    expect(note).toMatch(/Ceiling: macro \d+\.\d, micro \d+\.\d/);
  });

  it('has the BIN as a rank, counts with ceilings, seeds with t(2), and strata', () => {
    expect(table('unseen: macro by rank').columns).toEqual(['system', 'kind', 'genus', 'species', 'BIN']);
    expect(table('unseen: micro by rank').rows).toHaveLength(4);
    const counts = table('unseen: counts and ceilings').rows;
    expect(counts.map(([rank]) => rank)).toEqual(['genus', 'species', 'BIN']);
    const species = data.cases.find(({ rank }) => rank === 'species')!;
    expect(counts[1]!.slice(1, 4)).toEqual([species.queries, species.unlabelled, species.classes]);
    expect((counts[1]![5] as Metric).value).toBeCloseTo(species.ceilingMacro, 12);
    const seeds = table('unseen: seeds at genus').rows;
    expect(seeds).toHaveLength(2);
    expect(seeds[0]![2]).toBe('1, 3, 5');
    expect((seeds[0]![5] as Metric).interval!.unit).toBe('seed');
    const strata = table('unseen: genus by shared BIN').rows;
    expect(new Set(strata.map((row) => row[2]))).toEqual(new Set(['shared BIN', 'own BIN', 'no BIN']));
  });

  it('warns of unknown corpora and single runs, keeps encoders, always has limits, and is plain JSON', () => {
    expect(report.warnings.join('\n')).toMatch(/pretrained: what its encoder was trained on is unknown/);
    expect(report.warnings.join('\n')).toMatch(/reversed: one training run/);
    expect(report.provenance.encoders.map(({ id }) => id)).toEqual(['k6', 'bert']);
    expect(report.limits.length).toBe(2);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ title: 'Test' });
    expect(() =>
      probeReport({ title: 'x', tasks: [], resampler: draws, limits: [], provenance: { seeds: [], versions: {} } }),
    ).toThrow(RangeError);
  });

  it('adds the harmonic mean where seen outcomes are given', () => {
    const seen = outcomesOf(neighbours).map((one) => ({
      ...one,
      queryIds: one.queryIds.map((id) => `s${id}`),
      genus: one.genus.map((name) => `s${name}`),
    }));
    const withSeen = probeReport({
      title: 'x',
      resampler: draws,
      limits: ['synthetic'],
      provenance: { seeds: [], versions: {} },
      tasks: [
        {
          title: 'unseen',
          rank: 'genus',
          systems: [{ name: 'a', kind: 'baseline', runs: [{ outcomes: outcomesOf(farthest), seen }] }],
        },
      ],
    });
    const [row] = withSeen.tables[0]!.rows;
    const at = withSeen.tables[0]!.columns.indexOf('harmonic mean');
    const expected = harmonicMean(estimate(seen[0]!, draws), estimate(outcomesOf(farthest)[0]!, draws));
    expect((row![at] as Metric).value).toBeCloseTo(expected.value, 12);
    expect((row![at] as Metric).interval).toBeDefined();
  });

  it('names the systems when the reference is unknown', () => {
    const wrong = () =>
      probeReport({
        title: 'x',
        resampler: draws,
        limits: ['y'],
        provenance: { seeds: [], versions: {} },
        tasks: [{ title: 't', rank: 'genus', systems, reference: 'nobody' }],
      });
    expect(wrong).toThrow(/'nobody', expected one of 6-mers, pretrained, reversed/);
  });
});

describe('strata and sweeps', () => {
  const genus = outcomesOf(neighbours)[0]!;

  it('bands the number of keys and leaves unlabelled queries out', () => {
    const strata = stratify(genus, byKeyCount(labels, keyIds));
    const counted = new Map<string, number>();
    for (const { lineage } of data.keys)
      counted.set(lineage.species ?? '', (counted.get(lineage.species ?? '') ?? 0) + 1);
    const none = data.queries.filter(
      ({ lineage }) => lineage.genus !== undefined && lineage.species !== undefined && !counted.has(lineage.species),
    );
    expect(strata.get('0 keys')!.queryIds).toEqual(none.map(({ processId }) => processId));
    expect([...strata.keys()]).toEqual(
      ['0 keys', '1 key', '2 keys', '3-5 keys', '6-10 keys', '11-20 keys', '21-50 keys'].filter((name) =>
        strata.has(name),
      ),
    );
    const total = [...strata.values()].reduce((sum, { queryIds: ids }) => sum + ids.length, 0);
    expect(total).toBe(genus.queryIds.filter((id) => labels.labelOf(id, 'species') !== undefined).length);
  });

  it('crosses strata', () => {
    const names = [...stratify(genus, crossed(byRank(labels, 'order'), bySharedBin(labels, keyIds))).keys()];
    expect(names).toContain('Order0 · shared BIN');
  });

  it('sweeps conditions in order, one at a time', async () => {
    const rows = await sweep(
      [neighbours, farthest].map((input, i) => ({ name: i === 0 ? 'near' : 'far', setting: i, input })),
      (input) => scores(outcomesOf(input)[0]!).micro,
    );
    expect(rows.map(({ name, setting }) => [name, setting])).toEqual([
      ['near', 0],
      ['far', 1],
    ]);
    expect(rows[0]!.result).toBeGreaterThan(rows[1]!.result);
  });
});
