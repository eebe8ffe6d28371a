import { rng } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classesOf,
  inMemory,
  permuteWithin,
  withModality,
  withoutModality,
  withShare,
  type AlignmentData,
} from '../src/index.js';

const labelled = fc
  .array(fc.record({ bin: fc.constantFrom('a', 'b', 'c', undefined), present: fc.boolean() }), { maxLength: 30 })
  .map((rows) =>
    dataOf(
      rows.map(({ bin }) => bin),
      rows.map(({ present }) => present),
    ),
  );

function dataOf(
  bin: readonly (string | undefined)[],
  present: readonly boolean[] = bin.map(() => true),
): AlignmentData {
  return {
    ids: bin.map((_, row) => `S${row}`),
    modalities: { dna: inMemory(present.map((has, row) => (has ? row : undefined))), image: inMemory(bin.map(String)) },
    labels: { bin },
    hash: 'h',
  };
}

function present(data: AlignmentData, name = 'dna'): number[] {
  return data.ids.flatMap((_, row) => (data.modalities[name]?.has(row) === true ? [row] : []));
}

async function sources(data: AlignmentData): Promise<Map<number, number>> {
  const rows = present(data);
  const read = (await data.modalities['dna']?.read(rows)) as number[];
  return new Map(rows.map((row, i) => [row, read[i] as number]));
}

describe('permuteWithin', () => {
  it('shuffles inputs inside a label: each once, none across labels; rows without the label lose theirs', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(labelled, fc.nat(), async (data, seed) => {
        const changed = permuteWithin(data, 'dna', 'bin', rng(seed));
        const column = data.labels['bin'] ?? [];
        const from = await sources(changed);
        const kept = present(data).filter((row) => column[row] !== undefined);
        expect([...from.keys()]).toEqual(kept);
        expect([...from.values()].sort((a, b) => a - b)).toEqual(kept);
        for (const [row, source] of from) {
          expect(column[source]).toBe(column[row]);
          if (source !== row) moved++;
        }
        expect(changed.hash).not.toBe(data.hash);
        expect(changed.modalities['image']).toBe(data.modalities['image']);
      }),
    );
    expect(moved).toBeGreaterThan(0);
  });

  it('shuffles a share of the rows only', async () => {
    const data = dataOf(Array.from({ length: 40 }, () => 'a'));
    const from = await sources(permuteWithin(data, 'dna', 'bin', rng(1), { share: 0.25 }));
    const moved = [...from].filter(([row, source]) => row !== source).length;
    expect(moved).toBeGreaterThan(4);
    expect(moved).toBeLessThanOrEqual(10);
    expect(() => permuteWithin(data, 'dna', 'bin', rng(1), { share: 2 })).toThrow(RangeError);
  });

  it('takes a modality from the drawn rows without the label only, and leaves no unnamed row a true pair at a share of 1', async () => {
    const data = dataOf(Array.from({ length: 40 }, (_, row) => (row < 30 ? undefined : 'a')));
    const unnamed = (changed: AlignmentData): number[] => present(changed).filter((row) => row < 30);
    expect(unnamed(permuteWithin(data, 'dna', 'bin', rng(1)))).toEqual([]);
    const half = permuteWithin(data, 'dna', 'bin', rng(1), { share: 0.5 });
    const [lost, named] = [30 - unnamed(half).length, present(half).length - unnamed(half).length];
    expect([lost > 9, lost <= 20, named]).toEqual([true, true, 10]);
    const from = await sources(half);
    for (const row of unnamed(half)) expect(from.get(row)).toBe(row);
    expect(present(permuteWithin(data, 'dna', 'bin', rng(1), { share: 0 }))).toEqual(present(data));
  });

  it('exchanges all rows without a label, by the stream', async () => {
    const data = dataOf(Array.from({ length: 40 }, () => undefined));
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => sources(permuteWithin(data, 'dna', undefined, rng(seed)))),
    );
    expect(one?.size).toBe(40);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    const hashes = [1, 1, 2].map((seed) => permuteWithin(data, 'dna', undefined, rng(seed)).hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('names what is not there', () => {
    const data = dataOf(['a', 'b']);
    expect(() => permuteWithin(data, 'DNA', 'bin', rng(1))).toThrow(
      /modality 'DNA', got dna, image; did you mean 'dna'/,
    );
    expect(() => permuteWithin(data, 'dna', 'species', rng(1))).toThrow(/label 'species', got bin/);
  });
});

describe('withShare', () => {
  it('keeps that many rows, and only adds to them as the share grows', () => {
    fc.assert(
      fc.property(
        labelled,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (data, x, y) => {
          const [low, high] = [Math.min(x, y), Math.max(x, y)];
          const few = present(withShare(data, 'dna', low, rng(4)));
          const many = new Set(present(withShare(data, 'dna', high, rng(4))));
          expect(few).toHaveLength(Math.round(low * present(data).length));
          expect(few.every((row) => many.has(row))).toBe(true);
          expect(present(withShare(data, 'dna', 1, rng(4)))).toEqual(present(data));
        },
      ),
    );
    expect(() => withShare(dataOf(['a']), 'dna', 1.1, rng(1))).toThrow(RangeError);
  });

  it('takes rows that have the modality by their position, those without one last, and some at least', () => {
    const places = ['5', '1', undefined, '10', '2', '0'];
    const data = { ...dataOf(places, [true, true, true, true, true, false]), labels: { place: places } };
    const kept = (share: number, least: number): number[] =>
      present(withShare(data, 'dna', share, rng(1), { order: 'place', least }));
    expect([kept(0.4, 0), kept(0.6, 0), kept(0.8, 0)]).toEqual([
      [1, 4],
      [0, 1, 4],
      [0, 1, 3, 4],
    ]);
    expect([kept(0.01, 0), kept(0.01, 2), kept(0.01, 9), kept(0, 2)]).toEqual([[], [1, 4], [0, 1, 2, 3, 4], []]);
  });
});

describe('other changes', () => {
  it('leave out or replace a modality, and change the hash', () => {
    const data = dataOf(['a', 'b']);
    expect(Object.keys(withoutModality(data, 'dna').modalities)).toEqual(['image']);
    expect(() => withoutModality(data, 'text')).toThrow(/modality 'text'/);
    const replaced = withModality(data, 'dna', inMemory([undefined, 7]), 'by hand');
    expect(present(replaced)).toEqual([1]);
    expect(new Set([data.hash, replaced.hash, withoutModality(data, 'dna').hash]).size).toBe(3);
  });

  it('list the names of a label once, in order', () => {
    const data = dataOf(['b', undefined, 'a', 'b', 'C']);
    expect(classesOf(data, 'bin')).toEqual(['C', 'a', 'b']);
    expect(classesOf(data, 'bin', [1, 2, 2])).toEqual(['a']);
  });
});
