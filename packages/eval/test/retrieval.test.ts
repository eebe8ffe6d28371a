import { embeddingsOf, rng, tensor, topK, type Embeddings, type LabelRank, type Modality } from '@bioscan/core';
import {
  byKeyCount,
  compareRetrieval,
  confusionTree,
  everyPair,
  harmonic,
  intervalOf,
  labelTable,
  metricOf,
  pairName,
  resampler,
  retrieval,
  retrievalGrid,
  retrievalReport,
  scoreRetrieval,
  stratify,
  type LabelledRecord,
  type NeighbourSearch,
  type QuerySet,
  type Retrieval,
  type RetrievalTask,
} from '@bioscan/eval';
import { describe, expect, it } from 'vitest';
import { golden, neighboursOf } from './golden.js';

type Matrix = readonly (readonly number[])[];
interface Golden {
  readonly keys: readonly LabelledRecord[];
  readonly queries: readonly LabelledRecord[];
  readonly set: readonly QuerySet[];
  readonly keyVectors: Readonly<Record<'dna' | 'image', Matrix>>;
  readonly queryVectors: Readonly<Record<'dna' | 'image', Matrix>>;
  readonly pairs: Readonly<
    Record<string, readonly Readonly<Record<string, number | string> & { rank: LabelRank; set: QuerySet }>[]>
  >;
}

const data = golden('retrieval') as Golden;
const labels = labelTable([...data.keys, ...data.queries]);
const idsOf = (records: readonly LabelledRecord[]): string[] => records.map(({ processId }) => processId);
const listOf = (set: QuerySet): string[] => idsOf(data.queries.filter((_, i) => data.set[i] === set));
const sets = { seen: listOf('seen'), unseen: listOf('unseen'), novel: listOf('novel') };
const task: RetrievalTask = {
  queries: byModality(data.queries, data.queryVectors),
  keys: byModality(data.keys, data.keyVectors),
  labels,
  sets,
  search: bruteForce,
};
const options = { resampler: resampler({ rng: rng(1), replicates: 200 }), rng: rng(2), draws: 20 };
const ranks: readonly LabelRank[] = ['order', 'genus', 'species', 'bin'];

describe('retrieval against FAISS', () => {
  it('has its macro and micro accuracies for every pair, rank, set and k', async () => {
    const found = await retrieval(task, { ...options, ranks, pairs: everyPair(['dna', 'image'], ['dna', 'image']) });
    let comparisons = 0;
    for (const [name, cells] of Object.entries(data.pairs)) {
      for (const cell of cells) {
        for (const top of [1, 3, 5]) {
          for (const statistic of ['macro', 'micro'] as const) {
            const estimate = rowOf(found, name, cell.rank, top, statistic)[cell.set];
            expect(estimate?.value, `${name} ${cell.rank} ${cell.set} ${statistic}`).toBeCloseTo(
              cell[`${statistic}${top}`] as number,
              12,
            );
            expect(estimate?.count).toBe(cell['queries']);
            comparisons++;
          }
        }
      }
    }
    expect(comparisons).toBe(6 * 4 * 3 * 3 * 2);
    expect(found.warnings.filter((one) => one.includes('short'))).toEqual([]);
  });

  it('lets keys of the query modality crowd a mixed pool out, unless it is centred', async () => {
    const pairs = everyPair(['image'], ['dna', 'image']).filter(({ keys }) => keys.length > 1);
    const [kept, centred] = (await retrieval(task, { ...options, pairs })).pairs;
    const share = (index: Int32Array): number => index.filter((key) => key < data.keys.length).length / index.length;
    const [before, after] = [kept, centred].map((one) => share(one?.neighbours.index ?? new Int32Array(0)));
    expect(before).toBeLessThan(0.25);
    expect(after).toBeGreaterThan((before ?? 1) + 0.15);
  });
});

describe('retrieval rows', () => {
  it('take the harmonic mean in each replicate, with seen and unseen drawn apart', async () => {
    const found = await retrieval(task, { ...options, ranks: ['species'], top: [1] });
    const row = rowOf(found, 'image → image', 'species', 1, 'macro');
    const { seen, unseen, harmonicMean } = row;
    const expected = seen?.replicates.map((value, r) => harmonic(value, unseen?.replicates[r] ?? Number.NaN));
    expect(harmonicMean?.replicates).toEqual(expected);
    expect(harmonicMean?.value).toBeCloseTo(harmonic(seen?.value ?? 0, unseen?.value ?? 0), 12);
    expect(correlation(seen?.replicates ?? [], unseen?.replicates ?? [])).toBeLessThan(0.25);
    expect(harmonicMean && intervalOf(harmonicMean)).toBeDefined();
  });

  it('pair the systems of one resampler: the interval of a difference is that of differences', async () => {
    const pairs = [{ query: 'image', keys: ['image'] }] as const;
    const sharp = await retrieval(task, { ...options, pairs });
    const noise = rng(9);
    const noisy = data.queryVectors.image.map((row) => row.map((value) => value + 0.8 * noise.normal()));
    const queries = byModality(data.queries, { ...data.queryVectors, image: noisy });
    const blurred = await retrieval({ ...task, queries }, { ...options, pairs });
    const [row] = compareRetrieval(sharp, blurred).filter(({ rank, top }) => rank === 'genus' && top === 1);
    const [a, b] = [sharp, blurred].map((one) => rowOf(one, 'image → image', 'genus', 1, 'macro').seen);
    expect(row?.seen?.value).toBeCloseTo((a?.value ?? 0) - (b?.value ?? 0), 12);
    expect(Array.from(row?.seen?.replicates ?? [])).toEqual(
      Array.from(a?.replicates ?? [], (value, r) => value - (b?.replicates[r] ?? 0)),
    );
    const other = await retrieval(task, { ...options, pairs, resampler: resampler({ rng: rng(5), replicates: 200 }) });
    expect(() => compareRetrieval(sharp, other)).toThrow(/different queries or draws/);
  });

  it('have a chance near the share of the label among the keys', async () => {
    const pairs = [{ query: 'dna', keys: ['image'] }] as const;
    const found = await retrieval(task, { ...options, pairs, ranks: ['order'], top: [1, 3], draws: 400 });
    const row = rowOf(found, 'dna → image', 'order', 1, 'micro');
    const of = (ids: readonly string[]): string[] => ids.flatMap((id) => labels.labelOf(id, 'order') ?? []);
    const keyOrders = of(idsOf(data.keys));
    const expected = (ids: readonly string[]): number => {
      const shares = of(ids).map((order) => keyOrders.filter((one) => one === order).length / keyOrders.length);
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    expect(row.chance.seen?.mean).toBeCloseTo(expected(sets.seen), 1);
    expect(row.chance.unseen?.mean).toBeCloseTo(expected(sets.unseen), 1);
    const three = rowOf(found, 'dna → image', 'order', 3, 'micro');
    expect(three.chance.seen?.mean).toBeGreaterThan(row.chance.seen?.mean ?? 1);
    expect(row.chance.harmonicMean?.mean).toBeGreaterThan(0);
  });

  it('count what they rest on, and leave an empty set empty', async () => {
    const found = await retrieval({ ...task, sets: { seen: sets.seen } }, { ...options, top: [1], ranks });
    const row = rowOf(found, 'dna → dna', 'species', 1, 'macro');
    expect(row.seen?.count).toBeGreaterThan(0);
    expect(row.unseen).toBeUndefined();
    expect(row.harmonicMean).toBeUndefined();
    const cell = found.pairs[0]?.cells.find(({ outcomes }) => outcomes.rank === 'species');
    expect((cell?.scores.queries ?? 0) + (cell?.scores.unlabelled ?? 0)).toBe(sets.seen.length);
    expect(cell?.scores.unlabelled).toBeGreaterThan(0);
    const strata = stratify(cell!.outcomes, byKeyCount(labels, idsOf(data.keys)));
    expect([...strata.values()].reduce((sum, { queryIds }) => sum + queryIds.length, 0)).toBe(cell?.scores.queries);
  });

  it('say nothing of a rank that no query has', async () => {
    const found = await retrieval(task, { ...options, ranks: ['subfamily'], top: [1] });
    expect(found.rows.every(({ seen, unseen, novel }) => (seen ?? unseen ?? novel) === undefined)).toBe(true);
    expect(found.rows.length).toBeGreaterThan(0);
  });

  it('order equal keys by position', () => {
    const keyIds = ['A1', 'B1', 'A2'];
    const table = labelTable(
      [...keyIds, 'Bq'].map((processId) => ({ processId, lineage: { genus: processId.slice(0, 1) } })),
    );
    const tied = neighboursOf(['Bq'], keyIds, [[0, 1, 2]]);
    const { rows } = scoreRetrieval(tied, {
      ...options,
      pair: { query: 'dna', keys: ['dna'] },
      labels: table,
      setOf: new Map([['Bq', 'seen']]),
      ranks: ['genus'],
      top: [1, 2],
    });
    expect(rows.filter(({ statistic }) => statistic === 'micro').map(({ seen }) => seen?.value)).toEqual([0, 1]);
  });
});

describe('retrieval of bad input', () => {
  it('names queries that are keys, ids without labels and ids that do not join', async () => {
    const self = { ...task, keys: task.queries };
    await expect(retrieval(self, options)).rejects.toThrow(/among its own neighbours/);
    const unlabelled = { ...task, labels: labelTable(data.queries) };
    await expect(retrieval(unlabelled, options)).rejects.toThrow(/label of 'K0'/);
    await expect(retrieval({ ...task, sets: { seen: ['X'] } }, options)).rejects.toThrow(/no dna query with an id/);
    const twice = { seen: ['Q0'], unseen: ['Q0'] };
    await expect(retrieval({ ...task, sets: twice }, options)).rejects.toThrow(/as seen and as unseen/);
    await expect(retrieval({ ...task, sets: {} }, options)).rejects.toThrow(/no queries/);
    const partly = await retrieval({ ...task, sets: { ...sets, seen: [...sets.seen, 'X'] } }, { ...options, top: [1] });
    expect(partly.missing).toEqual({ dna: 1, image: 1 });
    expect(partly.warnings.join()).toContain('1 queries of the sets have no dna vector');
  });

  it('refuses modalities of different spaces, missing modalities and k below 1', async () => {
    const flat = data.keyVectors.dna.map((row) => row.slice(0, 3));
    const narrow = { ...task, keys: byModality(data.keys, { dna: flat }) };
    await expect(retrieval(narrow, options)).rejects.toThrow(/8 dimensions .* and 3/);
    const pairs = [{ query: 'text', keys: ['dna'] }] as const;
    await expect(retrieval(task, { ...options, pairs })).rejects.toThrow(/no text queries/);
    await expect(retrieval(task, { ...options, top: [0] })).rejects.toThrow(RangeError);
  });

  it('warns of species that are in the wrong set', async () => {
    const wrong = { seen: [...sets.seen, ...sets.novel], novel: sets.unseen };
    const { warnings } = await retrieval({ ...task, sets: wrong }, { ...options, top: [1] });
    expect(warnings.join()).toMatch(/3 of \d+ seen species have no key/);
    expect(warnings.join()).toMatch(/novel species have keys/);
  });

  it('searches deeper where keys lack labels, and says when that was not enough', async () => {
    const bare = data.keys.map((record, i) => (i % 40 === 0 ? record : { ...record, lineage: {} }));
    const depths: number[] = [];
    const search: NeighbourSearch = (queries, keys, k) => {
      depths.push(k);
      return bruteForce(queries, keys, k);
    };
    const sparse = { ...task, search, labels: labelTable([...bare, ...data.queries]) };
    const pairs = [{ query: 'dna', keys: ['dna'] }] as const;
    const found = await retrieval(sparse, { ...options, pairs, ranks: ['order'] });
    expect(depths).toEqual([5, 20, 80]);
    expect(found.warnings.join()).toContain('Search deeper');
  });
});

describe('the retrieval report', () => {
  it('tables every system beside chance, with intervals, and writes empty where nothing was asked', async () => {
    const pairs = [
      { query: 'dna', keys: ['dna'] },
      { query: 'image', keys: ['dna'] },
    ] as const;
    const both = await retrieval(task, { ...options, pairs });
    const seenOnly = await retrieval({ ...task, sets: { seen: sets.seen } }, { ...options, pairs });
    const report = (one: Retrieval) =>
      retrievalReport({
        title: 'Table 5',
        systems: [
          { name: 'raw', kind: 'baseline', runs: [one] },
          { name: 'again', kind: 'labels used', runs: [one, { ...one, seed: 2 }] },
        ],
        resampler: options.resampler,
        labels,
        limits: ['Small.'],
        provenance: { seeds: [1], versions: {} },
      });
    const { tables, warnings, limits } = report(both);
    const glance = report(both).figures;
    expect(glance.map(({ title }) => title)).toEqual(['Retrieval at a glance: raw', 'Retrieval at a glance: again']);
    const point = glance[0]?.series[1]?.points.find(({ x }) => x === 'image → dna, species');
    expect(point?.y).toBe(rowOf(both, 'image → dna', 'species', 1, 'macro').unseen?.value);
    expect(report(seenOnly).figures[0]?.series.map(({ points }) => points.length > 0)).toEqual([true, false, false]);
    const [macro] = tables;
    expect(macro?.columns).toEqual([
      ...['query → key', 'rank', 'system', 'kind', 'seen', 'unseen', 'harmonic mean', 'Δ harmonic mean'],
    ]);
    expect(macro?.rows).toHaveLength(2 * 5 * 3);
    const row = macro?.rows.find(
      ([pair, rank, name]) => pair === 'image → dna' && rank === 'species' && name === 'raw',
    );
    const { harmonicMean } = rowOf(both, 'image → dna', 'species', 1, 'macro');
    expect(row?.[6]).toEqual(metricOf(harmonicMean!));
    const zero = macro?.rows.find(([, rank, name]) => rank === 'species' && name === 'again')?.[7];
    expect(zero).toMatchObject({ value: 0, interval: { low: 0, high: 0 }, seeds: [0, 0] });
    expect(tables.map(({ title }) => title)).toContain('Retrieval: species by keys of the species');
    expect(tables.map(({ title }) => title)).toContain('Retrieval: macro species at equal order and number of keys');
    expect(warnings.join()).toContain('2 training runs');
    expect(limits.length).toBe(2);
    const [empty] = report(seenOnly).tables;
    expect(empty?.rows.filter(([, , , kind]) => kind !== 'chance').every((one) => one[5] === 'empty')).toBe(true);
    expect(JSON.parse(JSON.stringify(report(both)))).toEqual(report(both));
  });
});

describe('the confusion tree', () => {
  it('adds up: matches of a taxon, children within parents, and what it is taken for', async () => {
    const { pairs } = await retrieval(task, { ...options, pairs: [{ query: 'dna', keys: ['dna'] }], top: [1] });
    const { neighbours } = pairs[0]!;
    const tree = confusionTree(neighbours, { title: 'Confusion', labels, to: 'species', most: 1000 });
    const lineage = new Map([...data.keys, ...data.queries].map((one) => [one.processId, one.lineage]));
    expect(tree.rows.length).toBeGreaterThan(10);
    for (const { rank, name, queries, matched, takenFor } of tree.rows) {
      expect(Object.values(matched).reduce((sum, count) => sum + count, 0)).toBe(queries);
      const own = neighbours.queryIds.flatMap((id, q) => (lineage.get(id)?.[rank] === name ? [q] : []));
      expect(queries).toBe(own.length);
      const answers = own.map((q) => lineage.get(neighbours.keyIds[neighbours.index[q * neighbours.k]!]!)?.[rank]);
      const wrong = answers.filter((answer) => answer !== undefined && answer !== name);
      const [first] = takenFor;
      expect(first?.queries ?? 0).toBe(
        Math.max(0, ...wrong.map((answer) => wrong.filter((one) => one === answer).length)),
      );
    }
    const top = tree.rows.filter(({ depth }) => depth === 0);
    expect(top.reduce((sum, { queries }) => sum + queries, 0)).toBe(
      neighbours.queryIds.filter((id) => lineage.get(id)?.order !== undefined).length,
    );
    const short = confusionTree(neighbours, { title: 'Confusion', labels, to: 'species', most: 3 });
    expect(short.rows.filter(({ rank }) => rank === 'species').length).toBeLessThanOrEqual(3);
    expect(short.note).toContain('smaller taxa');
    expect(() => confusionTree(neighbours, { title: '', labels, from: 'genus', to: 'order' })).toThrow(RangeError);
  });
});

describe('the retrieval grid', () => {
  it('marks each key with the deepest rank of one name', async () => {
    const { pairs } = await retrieval(task, { ...options, pairs: [{ query: 'dna', keys: ['dna'] }], top: [5] });
    const neighbours = pairs[0]!.neighbours;
    const chosen = neighbours.queryIds.slice(0, 12);
    const grid = retrievalGrid(neighbours, {
      title: 'Keys',
      labels,
      queries: chosen,
      k: 4,
      thumbnailOf: (id) => (id === 'Q0' ? 'data:image/png;base64,AA==' : undefined),
    });
    expect(grid.rows.map(({ keys }) => keys.length)).toEqual(chosen.map(() => 4));
    expect(grid.rows[0]?.query.image).toContain('data:');
    const lineage = new Map([...data.keys, ...data.queries].map((one) => [one.processId, one.lineage]));
    let matched = 0;
    for (const { query, keys } of grid.rows) {
      for (const key of keys) {
        const [a, b] = [lineage.get(query.id)!, lineage.get(key.id)!];
        const same = (['species', 'genus', 'order'] as const).find(
          (rank) => a[rank] !== undefined && a[rank] === b[rank],
        );
        expect(key.match).toBe(same);
        if (same === 'species') matched++;
      }
    }
    expect(matched).toBeGreaterThan(5);
    expect(() => retrievalGrid(neighbours, { title: '', labels, queries: ['X'] })).toThrow(/'X'/);
  });
});

function rowOf(found: Retrieval, pair: string, rank: LabelRank, top: number, statistic: string) {
  const row = found.rows.find(
    (one) => pairName(one.pair) === pair && one.rank === rank && one.top === top && one.statistic === statistic,
  );
  if (row === undefined) throw new Error(`no row ${pair} ${rank} ${top} ${statistic}`);
  return row;
}

function byModality(
  records: readonly LabelledRecord[],
  vectors: Readonly<Partial<Record<'dna' | 'image', Matrix>>>,
): Partial<Record<Modality, Embeddings>> {
  const ids = idsOf(records);
  return Object.fromEntries(
    Object.entries(vectors).map(([name, rows]) => {
      const width = rows[0]?.length ?? 0;
      const x = tensor('float32', [rows.length, width], Float32Array.from(rows.flat()));
      const source = { id: name, modality: name as Modality, dimension: width, settings: {} };
      return [name, embeddingsOf({ ids, vectors: x }, source)];
    }),
  );
}

/** Cosine by plain loops: an exact search of the test's own. */
async function bruteForce(queries: Embeddings, keys: Embeddings, k: number) {
  const [asked, pool] = [await unitRowsOf(queries), await unitRowsOf(keys)];
  const depth = Math.min(k, pool.ids.length);
  const lists = asked.rows.map((row) => {
    const scores = Float32Array.from(pool.rows, (key) => key.reduce((sum, value, i) => sum + value * row[i]!, 0));
    return [...topK(scores, depth).index];
  });
  return neighboursOf(asked.ids, pool.ids, lists);
}

async function unitRowsOf(embeddings: Embeddings) {
  const ids: string[] = [];
  const rows: number[][] = [];
  for await (const { ids: some, vectors } of embeddings.blocks()) {
    some.forEach((id, i) => {
      const row = [...vectors.data.subarray(i * embeddings.dimension, (i + 1) * embeddings.dimension)];
      const size = Math.hypot(...row);
      ids.push(id);
      rows.push(row.map((value) => value / size));
    });
  }
  return { ids, rows };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: ArrayLike<number>, mx: number, y: ArrayLike<number>, my: number): number =>
    Array.from(x).reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}
