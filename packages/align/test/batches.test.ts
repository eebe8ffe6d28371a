import { isBioscanError } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemory, planBatches, type BatchPlan, type Sampler } from '@bioscan/align';

const epochs = [0, 1, 5];

/** Rows with labels of uneven counts, some without; and how many rows to draw at once. */
const situation = fc.record({
  species: fc.array(fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 6 }), {
    minLength: 4,
    maxLength: 120,
  }),
  batchSize: fc.integer({ min: 2, max: 24 }),
  seed: fc.nat(1000),
});

function plan(
  { species, batchSize, seed }: { species: readonly (number | undefined)[]; batchSize: number; seed: number },
  sampler: Sampler,
): BatchPlan {
  const labels = { species: species.map((one) => (one === undefined ? undefined : `species ${one}`)) };
  return planBatches({ rows: species.map((_, row) => row), labels, sampler, batchSize, seed });
}

function epoch(batches: BatchPlan, number: number): readonly (readonly number[])[] {
  const first = number * batches.batchesPerEpoch;
  return Array.from({ length: batches.batchesPerEpoch }, (_, i) => batches.batch(first + i));
}

/** How many rows at most share a label in one batch. */
function meetings(batch: readonly number[], species: readonly (number | undefined)[]): number {
  const counts = new Map<number, number>();
  for (const row of batch) {
    const label = species[row];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

describe('planBatches', () => {
  it('shuffled: each epoch visits each row exactly once, in even batches', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const batches = plan(given, { kind: 'shuffled' });
        for (const number of epochs) {
          const rows = epoch(batches, number).flat();
          expect(rows.toSorted((a, b) => a - b)).toEqual(given.species.map((_, row) => row));
          const sizes = epoch(batches, number).map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(Math.max(...sizes)).toBe(batches.batchSize);
          expect(batches.batchSize).toBeLessThanOrEqual(given.batchSize);
        }
      }),
    );
  });

  it('stratified: rows with the modality in every batch, as many as asked for or all; the others once an epoch', () => {
    const stratified = fc.record({
      has: fc.array(fc.boolean(), { minLength: 4, maxLength: 150 }),
      keep: fc.integer({ min: 1, max: 150 }),
      batchSize: fc.integer({ min: 3, max: 32 }),
      least: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      seed: fc.nat(1000),
    });
    let repeated = 0;
    fc.assert(
      fc.property(stratified, ({ has, keep, batchSize, least, seed }) => {
        const rows = has.map((_, row) => row);
        const rare = new Set(rows.filter((row) => has[row] === true).slice(0, keep));
        const modalities = { dna: inMemory(rows.map((row) => (rare.has(row) ? 'ACGT' : undefined))) };
        const sampler = { kind: 'stratified', modality: 'dna', least } as const;
        const batches = planBatches({ rows, labels: {}, modalities, sampler, batchSize, seed });
        const wanted = Math.min(rare.size, Math.max(2, Math.round(least * batchSize)), batchSize - 1);
        for (const number of epochs) {
          const all = epoch(batches, number);
          for (const batch of all) {
            expect(new Set(batch).size).toBe(batch.length);
            expect(batch.length).toBeLessThanOrEqual(batches.batchSize);
            const held = batch.filter((row) => rare.has(row)).length;
            if (rare.size < rows.length) expect(held).toBeGreaterThanOrEqual(wanted);
          }
          const others = all.flat().filter((row) => !rare.has(row));
          expect(others.toSorted((a, b) => a - b)).toEqual(rows.filter((row) => !rare.has(row)));
          const uses = [...rare].map((row) => all.flat().filter((one) => one === row).length);
          if (uses.length > 0) expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(1);
          if (Math.max(0, ...uses) > 1) repeated++;
        }
        expect(batches.batch(7)).toEqual(
          planBatches({ rows, labels: {}, modalities, sampler, batchSize, seed }).batch(7),
        );
      }),
    );
    expect(repeated).toBeGreaterThan(20);
  });

  it('one-per: no two rows of a label in a batch, each row at most once, and what is left out is counted', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const distinct = new Set(given.species.filter((one) => one !== undefined)).size;
        const free = given.species.filter((one) => one === undefined).length;
        fc.pre(distinct > 0 && distinct + free >= given.batchSize);
        const batches = plan(given, { kind: 'one-per', label: 'species' });
        const all = Math.ceil(given.species.length / given.batchSize);
        const counts = new Map<number, number>();
        for (const one of given.species) if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1);
        // A label can fill each batch once at most: everything else finds a place.
        const beyond = [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - all), 0);
        expect(batches.batchesPerEpoch).toBe(all);
        expect(batches.unplaced).toBe(beyond);
        for (const number of epochs) {
          const rows = epoch(batches, number).flat();
          expect(new Set(rows).size).toBe(rows.length);
          expect(rows.length).toBe(given.species.length - beyond);
          for (const batch of epoch(batches, number)) {
            expect(meetings(batch, given.species)).toBeLessThanOrEqual(1);
            expect(batch.length).toBeLessThanOrEqual(batches.batchSize);
          }
        }
      }),
    );
  });

  it('within: batches of whole groups, each row exactly once, as many batches in each epoch', () => {
    fc.assert(
      fc.property(situation, (given) => {
        fc.pre(given.species.some((one) => one !== undefined));
        const batches = plan(given, { kind: 'within', label: 'species' });
        for (const number of epochs) {
          const made = epoch(batches, number);
          expect(made.flat().toSorted((a, b) => a - b)).toEqual(given.species.map((_, row) => row));
          const homes = new Map<number, Set<number>>();
          for (const [at, batch] of made.entries()) {
            expect(batch.length).toBeLessThanOrEqual(batches.batchSize);
            for (const row of batch) {
              const label = given.species[row];
              if (label !== undefined) homes.set(label, (homes.get(label) ?? new Set()).add(at));
            }
          }
          for (const [label, home] of homes) {
            const size = given.species.filter((one) => one === label).length;
            expect(home.size).toBeLessThanOrEqual(Math.ceil(size / given.batchSize));
          }
        }
      }),
    );
  });

  it('is a function of seed and step: asked in any order, by any instance', () => {
    const samplers: readonly Sampler[] = [
      { kind: 'shuffled' },
      { kind: 'one-per', label: 'species' },
      { kind: 'within', label: 'species' },
    ];
    fc.assert(
      fc.property(situation, fc.constantFrom(...samplers), fc.array(fc.nat(60)), (given, sampler, steps) => {
        const species = given.species.map((one, row) => one ?? 20 + row);
        fc.pre(new Set(species).size >= 2);
        const [one, other] = [plan({ ...given, species }, sampler), plan({ ...given, species }, sampler)];
        const forward = new Map(steps.toSorted((a, b) => a - b).map((step) => [step, one.batch(step)]));
        for (const step of steps) expect(other.batch(step)).toEqual(forward.get(step));
      }),
    );
    const wide = { species: Array.from({ length: 60 }, (_, i) => i % 30), batchSize: 20 };
    for (const sampler of samplers) {
      const [a, b] = [plan({ ...wide, seed: 1 }, sampler), plan({ ...wide, seed: 2 }, sampler)];
      expect(a.batch(0)).not.toEqual(b.batch(0));
      expect(a.batch(0)).not.toEqual(a.batch(a.batchesPerEpoch));
    }
  });

  it('warns of a batch larger than the data and of rows without a place', () => {
    const small = plan({ species: [0, 1, 2, 3], batchSize: 64, seed: 0 }, { kind: 'shuffled' });
    expect(small.batchSize).toBe(4);
    expect(small.warnings).toEqual([expect.stringContaining('64 were asked for, but there are 4 rows')]);
    const skewed = { species: [...Array.from({ length: 8 }, () => 0), 1, 2], batchSize: 5, seed: 0 };
    const apart = plan(skewed, { kind: 'one-per', label: 'species' });
    expect([apart.batchesPerEpoch, apart.unplaced, apart.batchSize]).toEqual([2, 6, 2]);
    expect(apart.warnings).toEqual([expect.stringContaining('6 of 10 rows out of an epoch')]);
  });

  it('refuses one class only, unknown labels, and batches of nothing', () => {
    const attempt = (species: readonly number[], sampler: Sampler): unknown => {
      try {
        return plan({ species, batchSize: 4, seed: 0 }, sampler);
      } catch (error) {
        return isBioscanError(error) ? `${error.code}: ${error.message}` : error;
      }
    };
    expect(attempt([7, 7, 7, 7, 7], { kind: 'one-per', label: 'species' })).toMatch(
      /^bad-input: align: batches, got 5 rows of one species/,
    );
    expect(attempt([1, 2], { kind: 'within', label: 'specis' })).toMatch(/did you mean 'species'/);
    expect(attempt([], { kind: 'shuffled' })).toMatch(/^bad-input: align: batches, got 0 rows/);
    expect(() => plan({ species: [1, 2], batchSize: 1, seed: 0 }, { kind: 'shuffled' })).toThrow(RangeError);
  });
});
