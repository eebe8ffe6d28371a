import { describe, expect, it } from 'vitest';
import { triageFile } from '../triage-file.js';
import type { WorldScore } from '../triage-jobs.js';
import { interval, precisionAt, recallOf, thresholdOf, topOf, weighed } from '../triage-scores.js';

const world: WorldScore = {
  choice: { name: 'complete', seed: 1, rate: 0.01, specimens: 1000 },
  records: 1000,
  scored: [
    // 30 of one kind and 10 of another, 2 right records, and a lumped species that is called an error.
    ...Array.from({ length: 30 }, (_, i) => ({
      id: `P${i}`,
      error: { kind: 'plate-rotated' as const, stratum: 'order' as const, alone: false },
      chance: i < 15 ? { all: 0.9 } : {},
    })),
    ...Array.from({ length: 10 }, (_, i) => ({
      id: `S${i}`,
      error: { kind: 'in-frame-stop' as const, stratum: 'none' as const, alone: false },
      chance: { all: i < 5 ? 0.8 : 0.4 },
    })),
    { id: 'right', chance: { all: 0.4 } },
    { id: 'lumped', error: { kind: 'cryptic-species', stratum: 'species', alone: false }, chance: { all: 0.4 } },
  ],
  lumped: [],
  otherNovelties: 0,
};

describe('scores of the protocol of planted errors', () => {
  it('give each kind the stated share, however many a world holds', () => {
    const sum = (wrong: boolean): number =>
      weighed(world, 'all', { share: 0.02, of: 'each kind' }).reduce(
        (total, one) => total + (one.wrong === wrong ? one.weight : 0),
        0,
      );
    // Of 959 right records: 4 % wrong in all, 19.98 a kind; half of the plate's records and all stops are on the list.
    expect(sum(true)).toBeCloseTo((0.04 / 0.96) * 959 * 0.75, 6);
    expect(sum(false)).toBe(2);
    const together = weighed(world, 'all', { share: 0.02, of: 'all kinds together' });
    expect(together.reduce((total, one) => total + (one.wrong ? one.weight : 0), 0)).toBeCloseTo(
      (0.02 / 0.98) * 959 * 0.75,
      6,
    );
  });

  it('take the lowest threshold that keeps the precision, ties as one', () => {
    const list = [[0.9, true], [0.8, true], [0.5, true], [0.5, false], [0.5, true], [0.2, false], [0.2, false]] as const; // prettier-ignore
    const records = list.map(([chance, wrong]) => ({ chance, wrong, weight: 1 }));
    expect(thresholdOf(records, 0.8)).toBe(0.5);
    expect(thresholdOf(records, 0.81)).toBe(0.8);
    expect(thresholdOf(records.filter(({ wrong }) => !wrong))).toBe(Infinity);
    expect(precisionAt(records, 0.5)).toBe(0.8);
    expect(precisionAt(records, 0.95)).toBeNaN();
  });

  it('count recall by kind and what heads the list', () => {
    expect(recallOf(world, 'all', 0.5, ({ kind }) => kind === 'in-frame-stop')).toEqual({ planted: 10, found: 5 });
    expect(topOf(world, 'all', 20)).toBe(1);
    expect(topOf(world, 'all', 40)).toBe(25 / 40);
    const copies = Array.from({ length: 5 }, (_, i) => ({
      id: `C${i}`,
      error: { kind: 'duplicated-barcode' as const, stratum: 'none' as const, alone: true },
      chance: { all: 0.95 },
    }));
    expect(topOf({ ...world, scored: [...copies, ...world.scored] }, 'all', 40)).toBe(25 / 40);
    expect(interval([0.5, 0.6, 0.7])).toBe('0.60 [0.35, 0.85]');
    expect(interval([0.5, Number.NaN])).toBe('0.50');
    // Twelve worlds: t(11) = 2.201; mean 0.5, deviation 0.1 * sqrt(12 / 11), half 0.0664.
    const twelve = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 0.4 : 0.6));
    expect(interval(twelve)).toBe('0.50 [0.43, 0.57]');
  });

  it('are kept apart by how long the aligned model was trained', () => {
    const job = { choice: world.choice, photos: true };
    const files = [undefined, 10, 20].map((steps) => triageFile(job, steps));
    expect(new Set(files).size).toBe(3);
    expect(triageFile({ ...job, photos: false })).not.toBe(files[0]);
  });
});
