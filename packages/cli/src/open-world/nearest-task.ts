import type { Identified, LabelRank, Rng } from '@bioscan/core';
import {
  chance,
  scorePredictions,
  type Outcomes,
  type ProbeRun,
  type ProbeSystem,
  type ProbeTask,
} from '@bioscan/eval';
import type { OpenWorldSets } from './sets.js';
import { predictionsOf, type System, type SystemRuns } from './system.js';

/** What every task of an open-world report works on. */
export interface TaskContext {
  readonly sets: OpenWorldSets;
  readonly systems: readonly SystemRuns[];
  readonly rng: Rng;
  readonly onProgress: (what: string) => void;
}

export interface NearestQuestion {
  readonly title: string;
  readonly rank: LabelRank;
  readonly queries: readonly Identified<string>[];
  /** Queries of seen species, for the harmonic mean. */
  readonly seen?: readonly Identified<string>[];
}

const ranksShown: readonly LabelRank[] = ['order', 'family', 'subfamily', 'genus', 'species', 'bin'];

/** Asks every system for names at all ranks; a rank that a system does not answer is left out of its row. */
export async function nearestTask(
  { sets, systems, rng, onProgress }: TaskContext,
  { title, rank, queries, seen }: NearestQuestion,
): Promise<ProbeTask> {
  const scored: ProbeSystem[] = [];
  for (const { name, kind, runs } of systems) {
    const scoredRuns: ProbeRun[] = [];
    for (const { seed, system } of runs) {
      onProgress(`${title}: ${name}${seed === undefined ? '' : `, seed ${seed}`}`);
      scoredRuns.push({
        outcomes: await outcomesOf(system, queries, ranksShown, sets),
        ...(seen === undefined ? {} : { seen: await outcomesOf(system, seen, [rank], sets) }),
        ...(seed === undefined ? {} : { seed }),
      });
    }
    const source = runs[0]?.system.source;
    scored.push({ name, kind, runs: scoredRuns, ...(source === undefined ? {} : { source }) });
  }
  const [reference] = systems.flatMap(({ runs }) => runs);
  if (reference === undefined) throw new TypeError('cli: an open-world report needs at least one system');
  const neighbours = await reference.system.nearest(queries);
  const levels = ranksShown.map((at) => chance(neighbours, sets.labels, at, { rng: rng.split('chance') }));
  return { title, rank, systems: scored, chance: levels };
}

async function outcomesOf(
  system: System,
  queries: readonly Identified<string>[],
  ranks: readonly LabelRank[],
  { labels }: OpenWorldSets,
): Promise<Outcomes[]> {
  const predicted = await predictionsOf(system, queries, ranks, labels);
  return predicted.map((one) => scorePredictions(one, labels)).filter(({ queryIds }) => queryIds.length > 0);
}
