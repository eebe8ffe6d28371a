import { rng } from '@bioscan/core';
import { damerauRestricted, damerauRestrictedToAll, levenshtein } from '@bioscan/dna/distance';
import { alternate } from './alternate.js';

export interface DistanceBenchRow {
  readonly name: string;
  /** Median pairs a second. */
  readonly pairsPerSecond: number;
  /** Speed relative to fastest-levenshtein in the same run. */
  readonly ratio: number;
}

export interface DistanceBenchOptions {
  readonly length?: number;
  readonly others?: number;
  readonly rounds?: number;
}

/**
 * The restricted Damerau kernel, one against many and pair by pair, against fastest-levenshtein (plain Levenshtein: a different, easier distance),
 * on barcodes about 15 % apart, alternating. Throws where the kernel exceeds Levenshtein, which cannot be.
 */
export async function distanceBench(options: DistanceBenchOptions = {}): Promise<DistanceBenchRow[]> {
  const { length = 658, others: count = 400, rounds = 9 } = options;
  const { one, others } = relatives(length, count);
  const plain = new Uint32Array(count);
  let restricted: Uint32Array = new Uint32Array(count);
  const timings = await alternate(
    [
      timed('fastest-levenshtein', () => {
        others.forEach((other, i) => (plain[i] = levenshtein(one, other)));
      }),
      timed('damerauRestrictedToAll', () => {
        restricted = damerauRestrictedToAll(one, others);
      }),
      timed('damerauRestricted, pair by pair', () => {
        for (const other of others) damerauRestricted(one, other);
      }),
    ],
    rounds,
  );
  if (restricted.some((distance, i) => distance > (plain[i] ?? 0))) throw new Error('bench: OSA exceeds Levenshtein');
  const peer = timings[0]?.medianSeconds ?? Number.NaN;
  return timings.map(({ name, medianSeconds }) => ({
    name: `${name}, ${length} letters`,
    pairsPerSecond: Math.round(count / medianSeconds),
    ratio: peer / medianSeconds,
  }));
}

function timed(name: string, work: () => void): { name: string; run(): Promise<number> } {
  return {
    name,
    run() {
      const start = performance.now();
      work();
      return Promise.resolve((performance.now() - start) / 1000);
    },
  };
}

function relatives(length: number, count: number): { one: string; others: string[] } {
  const random = rng(1).split('bench distance');
  const base = (): string => 'ACGT'[random.integer(4)] ?? 'A';
  const letters = Array.from({ length }, base);
  const relative = (): string => letters.map((letter) => (random.uniform() < 0.2 ? base() : letter)).join('');
  return { one: letters.join(''), others: Array.from({ length: count }, relative) };
}
