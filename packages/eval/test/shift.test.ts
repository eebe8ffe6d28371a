import { rng, type Neighbours } from '@bioscan/core';
import {
  confusedCongeners,
  intervalOf,
  labelTable,
  lookAlikeGrid,
  lookAlikeTable,
  resampler,
  shiftBenchmark,
  shiftReport,
  type ShiftTask,
} from '@bioscan/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Forty species of two queries and one key each; `right` says which queries find their own key. */
function world(): { labels: ShiftTask['labels']; find: (right: (query: number) => boolean | undefined) => Neighbours } {
  const species = Array.from({ length: 40 }, (_, i) => ({
    genus: `G${i >> 1}`,
    species: `G${i >> 1} ${i % 2 === 0 ? 'a' : 'b'}`,
  }));
  const records = species.flatMap((lineage, i) =>
    ['k', 'p', 'q'].map((role) => ({ processId: `${role}${i}`, lineage })),
  );
  const keyIds = species.map((_, i) => `k${i}`);
  const queryIds = species.flatMap((_, i) => [`p${i}`, `q${i}`]);
  return {
    labels: labelTable(records),
    find: (right) => {
      const kept = queryIds
        .map((id, query) => ({ id, query, says: right(query) }))
        .filter(({ says }) => says !== undefined);
      const index = kept.map(({ query, says }) => (says === true ? query >> 1 : (query >> 1) ^ 1));
      return {
        queryIds: kept.map(({ id }) => id),
        keyIds,
        k: 1,
        index: Int32Array.from(index),
        score: new Float32Array(index.length).fill(1),
        higherIsNearer: true,
      };
    },
  };
}

function lineageOf(labels: ShiftTask['labels'], id: string): { genus: string; species: string } {
  return { genus: labels.labelOf(id, 'genus') ?? '', species: labels.labelOf(id, 'species') ?? '' };
}

const grades = { kind: 'blur', label: 'blur', neutral: 0, settings: [0, 1, 2] };
const options = { resampler: resampler({ rng: rng(1), replicates: 200 }), ranks: ['genus', 'species'] as const };

describe('accuracy under shift', () => {
  const { labels, find } = world();
  // As taken all are right; setting 1 loses the second query of each species to its congener; setting 2 loses half of these altogether.
  const neighboursOf = (_kind: string | undefined, setting: number): Neighbours =>
    find((query) => (setting === 0 || query % 2 === 0 ? true : setting === 2 && query % 4 === 1 ? undefined : false));

  it('is a curve of what was found, paired with the queries as taken', async () => {
    const [curve] = await shiftBenchmark({ shifts: [grades], labels, neighboursOf }, options);
    const values = curve?.points.map(({ rank, setting, accuracy, change, lost }) => [
      rank,
      setting,
      accuracy.micro.value,
      change.micro.value,
      lost,
    ]);
    expect(values).toEqual([
      ['genus', 0, 1, 0, 0],
      ['genus', 1, 1, 0, 0],
      ['genus', 2, 0.75, -0.25, 20],
      ['species', 0, 1, 0, 0],
      ['species', 1, 0.5, -0.5, 0],
      ['species', 2, 0.5, -0.5, 20],
    ]);
    const change = curve?.points[4]?.change.micro;
    expect(change === undefined ? undefined : intervalOf(change)).toMatchObject({ low: -0.5, high: -0.5 });
  });

  it('is macro with micro beside it, with its counts and its ceiling', async () => {
    // A species of eight queries without a key, and two queries without a species: of 90 queries 2 are unlabelled, of 41 species 1 has no key.
    const more = ['r', 's', 't', 'u', 'v', 'w', 'x', 'y'].map((processId) => ({
      processId,
      lineage: { genus: 'G0', species: 'G0 c' },
    }));
    const blank = ['m', 'n'].map((processId) => ({ processId, lineage: { genus: 'G0' } }));
    const own = find(() => true);
    const known = [...own.keyIds, ...own.queryIds].map((processId) => ({
      processId,
      lineage: lineageOf(labels, processId),
    }));
    const table = labelTable([...known, ...more, ...blank]);
    const all = (_kind: string | undefined, setting: number): Neighbours => {
      const found = neighboursOf('blur', setting === 2 ? 1 : setting);
      const added = [...more, ...blank].map(({ processId }) => processId);
      const index = Int32Array.from([...found.index, ...added.map(() => 0)]);
      return { ...found, queryIds: [...found.queryIds, ...added], index, score: new Float32Array(index.length) };
    };
    const curves = await shiftBenchmark({ shifts: [grades], labels: table, neighboursOf: all }, options);
    const taken = curves[0]?.points.find(({ rank, setting }) => rank === 'species' && setting === 0);
    expect([taken?.accuracy.macro.value, taken?.accuracy.micro.value]).toEqual([40 / 41, 80 / 88]);
    const blurred = curves[0]?.points.find(({ rank, setting }) => rank === 'species' && setting === 1);
    expect(blurred?.change.macro.value).toBeCloseTo(-20 / 41, 12);
    expect(blurred?.change.micro.value).toBeCloseTo(-40 / 88, 12);
    expect(curves[0]?.bases[1]).toEqual({
      rank: 'species',
      queries: 88,
      unlabelled: 2,
      classes: 41,
      classesWithoutKey: 1,
      ceiling: { macro: 40 / 41, micro: 80 / 88 },
    });
    const { tables } = shiftReport(curves, { title: 'Shift', provenance: { seeds: [1], encoders: [], versions: {} } });
    expect(tables[0]?.columns.slice(2, 4)).toEqual(['macro', 'micro']);
    expect(tables.at(-1)?.rows[1]?.slice(0, 5)).toEqual(['species', 88, 2, 41, 1]);
  });

  it('asks once for all that is unchanged', async () => {
    const asked: string[] = [];
    const record = (kind: string | undefined, setting: number): Neighbours => {
      asked.push(`${kind ?? 'as taken'} ${setting}`);
      return neighboursOf(kind, setting);
    };
    await shiftBenchmark({ shifts: [grades, { ...grades, kind: 'noise' }], labels, neighboursOf: record }, options);
    expect(asked).toEqual(['as taken 0', 'blur 1', 'blur 2', 'noise 1', 'noise 2']);
  });

  it('refuses other keys, new queries, and grades without their neutral setting', async () => {
    const other = (kind: string | undefined, setting: number): Neighbours => {
      const found = neighboursOf(kind, setting);
      return kind === undefined ? found : { ...found, keyIds: [...found.keyIds].reverse() };
    };
    await expect(shiftBenchmark({ shifts: [grades], labels, neighboursOf: other }, options)).rejects.toThrow(
      /other keys/,
    );
    const fewer = (kind: string | undefined): Neighbours =>
      find((query) => (kind === undefined && query === 0 ? undefined : true));
    await expect(shiftBenchmark({ shifts: [grades], labels, neighboursOf: fewer }, options)).rejects.toThrow(
      /query 'p0'/,
    );
    const task = { shifts: [{ ...grades, settings: [1, 2] }], labels, neighboursOf };
    await expect(shiftBenchmark(task, options)).rejects.toThrow(RangeError);
  });

  it('reports the costliest change, a table and a figure each', async () => {
    const curves = await shiftBenchmark({ shifts: [grades], labels, neighboursOf }, options);
    const report = shiftReport(curves, { title: 'Shift', provenance: { seeds: [1], encoders: [], versions: {} } });
    expect(report.summary[0]).toContain(
      'Costliest at species: blur at 1, macro -50.0 points [-50.0, -50.0], micro -50.0 points [-50.0, -50.0] on',
    );
    expect(report.tables.map(({ rows }) => rows.length)).toEqual([6, 2]);
    expect(report.figures[0]?.series.map(({ points }) => points.length)).toEqual([3, 3]);
    expect(report.limits.join(' ')).toContain('Not for choosing');
  });
});

describe('look-alikes', () => {
  // Genus A: species a (6 keys), b (3), c (1). Queries: four of a, of which three are taken for b; two of b, both right; one of c, taken for a.
  const lineage = (species: string): { genus: string; species: string } => ({ genus: 'A', species: `A ${species}` });
  const keys = [...'aaaaaabbbc'].map((name, i) => ({ processId: `k${i}`, lineage: lineage(name) }));
  const queries = [...'aaaabbc'].map((name, i) => ({ processId: `q${i}`, lineage: lineage(name) }));
  const labels = labelTable([...keys, ...queries]);
  const neighbours: Neighbours = {
    queryIds: queries.map(({ processId }) => processId),
    keyIds: keys.map(({ processId }) => processId),
    k: 2,
    index: Int32Array.from([0, 6, 6, 0, 7, 8, 8, 0, 6, 0, 7, 0, 0, 9]),
    score: new Float32Array(14),
    higherIsNearer: true,
  };

  it('are counted against a draw from the keys of their genus', () => {
    // a-b: 3 of 6 queries; expected 4 x 3/10 + 2 x 6/10 = 2.4. a-c: 1 of 5; expected 4 x 1/10 + 1 x 6/10 = 1. b-c: 0 of 3; 2 x 1/10 + 1 x 3/10 = 0.5.
    const found = confusedCongeners(neighbours, labels);
    expect(found.map(({ species, confused, queries: asked }) => [species.join(), confused, asked])).toEqual([
      ['A a,A b', 3, 6],
      ['A a,A c', 1, 5],
      ['A b,A c', 0, 3],
    ]);
    expect(found.map(({ expected }) => Number(expected.toFixed(9)))).toEqual([2.4, 1, 0.5]);
    expect(found[0]?.kappa).toBeCloseTo(0.6 / 3.6, 12);
    expect(found[1]?.kappa).toBeCloseTo(0, 12);
    expect(found[2]?.kappa).toBeCloseTo(-0.5 / 2.5, 12);
  });

  it('leave out queries that can only be taken for another, and the query itself among the keys', () => {
    // A query of a species without a key changes nothing.
    const stranger = { processId: 'd0', lineage: lineage('d') };
    const joined = {
      ...neighbours,
      queryIds: [...neighbours.queryIds, 'd0'],
      index: Int32Array.from([...neighbours.index, 0, 6]),
      score: new Float32Array(16),
    };
    expect(confusedCongeners(joined, labelTable([...keys, ...queries, stranger]))).toEqual(
      confusedCongeners(neighbours, labels),
    );
    // Each key asks the nine others: 6 x 3/9 + 3 x 6/9 between a and b. The one c has no key beside itself.
    const ids = keys.map(({ processId }) => processId);
    const among = {
      ...neighbours,
      queryIds: ids,
      keyIds: ids,
      k: 1,
      index: Int32Array.from([1, 0, 0, 0, 0, 0, 7, 6, 6, 0]),
      score: new Float32Array(10),
    };
    const found = confusedCongeners(among, labels);
    const rows = found.map(({ species, queries: asked, expected }) => [species.join(), asked, expected]);
    expect(rows).toEqual([
      ['A b,A c', 3, expect.closeTo(3 / 9, 12)],
      ['A a,A c', 6, expect.closeTo(6 / 9, 12)],
      ['A a,A b', 9, expect.closeTo(4, 12)],
    ]);
  });

  it('stand side by side: what it was taken for, then its own', () => {
    const grid = lookAlikeGrid(confusedCongeners(neighbours, labels), neighbours, {
      title: 'Look-alikes',
      labels,
      thumbnailOf: (id) => (id === 'q1' ? 'data:image/png;base64,AA==' : undefined),
    });
    expect(grid.rows.map(({ query }) => query.id)).toEqual(['q1', 'q2']);
    expect(grid.rows[0]?.query.image).toContain('data:');
    expect(grid.rows[0]?.keys.map(({ id, match }) => [id, match])).toEqual([
      ['k6', 'genus'],
      ['k7', 'genus'],
      ['k0', 'species'],
      ['k1', 'species'],
    ]);
    expect(lookAlikeTable(confusedCongeners(neighbours, labels)).rows).toEqual([
      ['A a and A b', 3, 6, '2.4', '0.17'],
      ['A a and A c', 1, 5, '1.0', '0.00'],
    ]);
  });

  it('random neighbours of one genus are as confused as expected', () => {
    // Sum over all pairs of expected = queries x share of keys of other species; of observed = queries that were wrong.
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = rng(seed);
        const many = Array.from({ length: 600 }, (_, i) => ({
          processId: `m${i}`,
          lineage: lineage('abc'.charAt(random.integer(3))),
        }));
        const index = Int32Array.from(many, () => random.integer(10));
        const drawn = {
          ...neighbours,
          queryIds: many.map(({ processId }) => processId),
          k: 1,
          index,
          score: new Float32Array(600),
        };
        const found = confusedCongeners(drawn, labelTable([...keys, ...many]));
        const [confused, expected] = [
          found.reduce((sum, one) => sum + one.confused, 0),
          found.reduce((sum, one) => sum + one.expected, 0),
        ];
        expect(Math.abs(confused - expected)).toBeLessThan(75);
      }),
      { numRuns: 20 },
    );
  });
});
