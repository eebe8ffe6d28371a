import { readFileSync } from 'node:fs';
import { isBioscanError, rng, type Identified, type Lineage, type Neighbours, type Rank } from '@bioscan/core';
import { alignmentNeighbours, kmerEncoder, sintax, type KmerWeighting } from '@bioscan/dna/baselines';
import { semiGlobalDistance } from '@bioscan/dna/distance';
import { describe, expect, it } from 'vitest';

interface Kmers {
  readonly cases: readonly {
    readonly k: number;
    readonly barcode: string;
    readonly counts: readonly (readonly [number, number])[];
  }[];
}
interface Entry {
  readonly id: string;
  readonly barcode: string;
  readonly lineage: Lineage;
}
interface Library {
  readonly keys: readonly Entry[];
  readonly queries: readonly Entry[];
  readonly blast: readonly { readonly top: string | null; readonly tied: readonly string[] }[];
  readonly sintax: readonly Partial<Record<Rank, readonly [string, number]>>[];
}
const kmers = JSON.parse(readFileSync('fixtures/dna/kmers.json', 'utf8')) as Kmers;
const library = JSON.parse(readFileSync('fixtures/dna/blast.json', 'utf8')) as Library;
const keys = library.keys.map(({ id, barcode }) => ({ id, input: barcode }));
const queries = library.queries.map(({ id, barcode }) => ({ id, input: barcode }));

describe('kmerEncoder', () => {
  it.each(['count', 'presence', 'frequency'] satisfies KmerWeighting[])(
    'counts like CountVectorizer: %s',
    async (weighting) => {
      expect(kmers.cases.length).toBe(24);
      for (const { k, barcode, counts } of kmers.cases) {
        const encoder = kmerEncoder({ k, weighting });
        const { data, shape } = await encoder.encode(['AAAAAAA', barcode]);
        expect(shape).toEqual([2, 4 ** k]);
        const total = counts.reduce((sum, [, count]) => sum + count, 0);
        const expected = new Float32Array(4 ** k);
        for (const [kmer, count] of counts) {
          expected[kmer] = weighting === 'count' ? count : weighting === 'presence' ? 1 : count / total;
        }
        expect(data.subarray(4 ** k)).toEqual(expected);
      }
    },
  );

  it('reads either case and gaps, refuses a k out of range, and knows that it was trained on nothing', async () => {
    const encoder = kmerEncoder({ k: 3 });
    const { data } = await encoder.encode(['ACGTAC', 'ac-gu ac']);
    expect(data.subarray(64)).toEqual(data.subarray(0, 64));
    expect(data.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(encoder.provenance.corpus).toEqual({ kind: 'barcode-hashes', members: [] });
    expect(() => kmerEncoder({ k: 9 })).toThrow(RangeError);
  });
});

describe('alignmentNeighbours', () => {
  it.each(['identity', 'score'] as const)('finds a best hit of blastn, ranked by %s', async (rankBy) => {
    const found = await alignmentNeighbours(queries, keys, { rankBy });
    expect(library.blast.length).toBe(70);
    const agreeing = library.blast.filter(({ tied }, q) => {
      const id = topId(found, q);
      return id === undefined ? tied.length === 0 : tied.includes(id);
    });
    expect(agreeing.length / library.blast.length).toBeGreaterThanOrEqual(0.97);
  });

  it('agrees with aligning everything, and orders ties by key', async () => {
    const k = 5;
    const some = queries.slice(-16);
    const found = await alignmentNeighbours(some, keys, { k, prefilter: { candidates: keys.length } });
    for (const [q, query] of some.entries()) {
      const all = keys
        .map((key, i) => ({ i, same: key.input === query.input, result: semiGlobalDistance(query.input, key.input) }))
        .flatMap(({ i, same, result }) => (result.comparable ? [{ i, same, score: result.identity }] : []))
        .sort((x, y) => Number(y.same) - Number(x.same) || y.score - x.score || x.i - y.i)
        .slice(0, k);
      const expected = Array.from({ length: k }, (_, slot) => all[slot]?.i ?? -1);
      expect([...found.index.subarray(q * k, (q + 1) * k)]).toEqual(expected);
    }
    expect(found.higherIsNearer).toBe(true);
    expect(found.score[0]).toBeGreaterThan(found.score[k - 1]!);
  });

  it('takes identical barcodes first, in key order, however short; everything else needs the overlap', async () => {
    const barcode = keys[3]!.input;
    const found = await alignmentNeighbours(
      [
        item('same', barcode.slice(0, 100)),
        item('part', barcode.slice(0, 299)),
        item('none', 'NNNN'),
        item('empty', ''),
      ],
      [
        item('whole', barcode),
        item('first', `NN${barcode.slice(0, 100)}`),
        item('second', barcode.slice(0, 100)),
        item('n', 'NN'),
      ],
      { k: 3 },
    );
    expect([...found.index]).toEqual([1, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]);
    expect([...found.score.subarray(0, 3)]).toEqual([1, 1, Number.NaN]);
    expect(found.score.subarray(3).every(Number.isNaN)).toBe(true);
  });

  it('reports progress, lets timers run and stops when told to', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({ id: `m${i}`, input: queries[i % 60]!.input }));
    const controller = new AbortController();
    let ticks = 0;
    let last = 0;
    const timer = setInterval(() => ticks++, 1);
    const outcome = alignmentNeighbours(many, keys, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        last = done;
        if (ticks >= 2) controller.abort();
      },
    }).then(
      () => 'finished',
      (error: unknown) => (isBioscanError(error) ? error.code : 'other'),
    );
    expect(await outcome).toBe('cancelled');
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(2);
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(3000);
  });

  it('refuses options that make no sense', async () => {
    await expect(alignmentNeighbours([], [], { k: 0 })).rejects.toThrow(RangeError);
    await expect(alignmentNeighbours([], [], { k: 20 })).rejects.toThrow(/candidates must be at least k/);
    await expect(alignmentNeighbours([], [], { prefilter: { k: 13 } })).rejects.toThrow(RangeError);
    expect((await alignmentNeighbours(queries.slice(0, 1), [])).index[0]).toBe(-1);
  });
});

describe('sintax', () => {
  const classifier = sintax(library.keys, { rng: rng(1) });

  it('gives the names and confidences of vsearch --sintax', () => {
    let compared = 0;
    let difference = 0;
    let confident = 0;
    library.queries.forEach(({ barcode }, q) => {
      const names = classifier.classify(barcode);
      for (const [rank, [name, confidence]] of Object.entries(library.sintax[q]!) as [Rank, [string, number]][]) {
        if (confidence >= 0.8) {
          expect(names[rank]?.name).toBe(name);
          confident++;
        }
        if (names[rank]?.name !== name) continue;
        compared++;
        difference += Math.abs(names[rank].confidence - confidence);
      }
    });
    expect(confident).toBeGreaterThan(200);
    expect(compared).toBeGreaterThan(260);
    expect(difference / compared).toBeLessThan(0.02);
  });

  it('depends on the seed only, not on the order of queries', async () => {
    const barcodes = library.queries.map(({ barcode }) => barcode);
    const forth = barcodes.map((barcode) => classifier.classify(barcode));
    const again = sintax(library.keys, { rng: rng(1) });
    expect(
      [...barcodes]
        .reverse()
        .map((barcode) => again.classify(barcode))
        .reverse(),
    ).toEqual(forth);
    const other = sintax(library.keys, { rng: rng(2) });
    expect(barcodes.map((barcode) => other.classify(barcode))).not.toEqual(forth);
    const found = await classifier.neighbours(queries, { k: 2 });
    expect(found.index).toEqual((await again.neighbours(queries, { k: 2 })).index);
    expect(found.score[0]).toBeGreaterThanOrEqual(found.score[1]!);
  });

  it('shares the confidence where one barcode bears two names, by records', () => {
    const barcode = keys[0]!.input;
    const lineage = (species: string): Lineage => ({ genus: 'Aus', species });
    const names = sintax(
      [
        ...['1', '2', '3'].map((id) => ({ id, barcode, lineage: lineage('Aus bus') })),
        { id: '4', barcode, lineage: lineage('Aus cus') },
        { id: '5', barcode: keys[100]!.input, lineage: {} },
      ],
      { rng: rng(5), bootstraps: 1000 },
    ).classify(barcode);
    expect(names.genus).toEqual({ name: 'Aus', confidence: 1 });
    expect(names.species?.name).toBe('Aus bus');
    expect(Math.abs((names.species?.confidence ?? 0) - 0.75)).toBeLessThan(0.06);
  });

  it('has nothing to say on a barcode without words, or without references', async () => {
    expect(classifier.classify('NNNNACGTNNN')).toEqual({});
    expect(sintax([], { rng: rng(1) }).classify(keys[0]!.input)).toEqual({});
    expect((await classifier.neighbours([item('n', 'NNNN')])).index[0]).toBe(-1);
    expect(() => sintax([], { rng: rng(1), k: 3 })).toThrow(RangeError);
  });
});

function item(id: string, input: string): Identified<string> {
  return { id, input };
}

function topId({ index, keyIds, k }: Neighbours, query: number): string | undefined {
  return keyIds[index[query * k]!];
}
