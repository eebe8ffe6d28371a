import type { WorldChoice } from './triage-worlds.js';

/** One world of the protocol and its part in it. */
export interface TriageJob {
  readonly name: string;
  /** `threshold`: sets the threshold of its kind of world and rate; `test`: is reported; `novelty`: one species in ten is lumped. */
  readonly part: 'threshold' | 'test' | 'novelty';
  readonly choice: WorldChoice;
  readonly photos: boolean;
}

export interface TriagePlan {
  readonly specimens: number;
  /** That are reported; seeds from 401. */
  readonly worlds: number;
  /** That set thresholds; seeds from 301. Default 3. */
  readonly thresholdWorlds?: number;
  /** Share of the records that each kind of error is planted in. */
  readonly rates?: readonly number[];
}

/** Share of species lumped with a congener in the worlds of the novelty part. */
const lumped = 0.1;

/** Worlds with every name at each rate, with names as sparse as published at the middle one, and worlds full of lumped species. */
export function planTriage({
  specimens,
  worlds,
  thresholdWorlds = 3,
  rates = [0.005, 0.01, 0.02],
}: TriagePlan): TriageJob[] {
  const middle = rates[Math.floor(rates.length / 2)] ?? 0.01;
  const kinds = [
    ...rates.map((rate) => ({ world: 'complete' as const, rate })),
    { world: 'standard' as const, rate: middle },
  ];
  const parts = [
    { part: 'threshold' as const, first: 301, count: thresholdWorlds },
    { part: 'test' as const, first: 401, count: worlds },
  ];
  const seeds = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
  return [
    ...kinds.flatMap(({ world, rate }) =>
      parts.flatMap(({ part, first, count }) =>
        seeds(first, count).map((seed) => job(part, { name: world, seed, rate, specimens }, true)),
      ),
    ),
    ...seeds(501, worlds).map((seed) =>
      job('novelty', { name: 'complete', seed, rate: middle, specimens, cryptic: lumped }, false),
    ),
  ];
}

function job(part: TriageJob['part'], choice: WorldChoice, photos: boolean): TriageJob {
  return { name: `${part} ${choice.name} ${100 * choice.rate} % ${choice.seed}`, part, choice, photos };
}
