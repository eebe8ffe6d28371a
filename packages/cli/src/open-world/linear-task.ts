import type { Identified, Rng, Runtime } from '@bioscan/core';
import { chance, labelledRows, linearProbe, probePredictions, randomNeighbours, scorePredictions } from '@bioscan/eval';
import type { Outcomes, ProbeRun, ProbeSystem, ProbeTask } from '@bioscan/eval';
import type { TaskContext } from './nearest-task.js';
import type { OpenWorldSets } from './sets.js';
import type { System } from './system.js';

/** Species of seen records by a linear probe on frozen vectors, its L2 strength chosen on val; undefined without systems to probe. */
export async function linearTask(
  { sets, systems, rng, runtime, onProgress }: TaskContext & { readonly runtime: Runtime },
  names: readonly string[],
): Promise<ProbeTask | undefined> {
  const title = 'Species of seen species, linear probe';
  const scored: ProbeSystem[] = [];
  for (const { name, runs } of systems.filter((one) => names.includes(one.name))) {
    const scoredRuns: ProbeRun[] = [];
    for (const { seed, system } of runs) {
      onProgress(`${title}: ${name}${seed === undefined ? '' : `, seed ${seed}`}`);
      const outcomes = await linearOutcomes(system, sets, runtime, rng.split('linear'));
      scoredRuns.push({ outcomes: [outcomes], ...(seed === undefined ? {} : { seed }) });
    }
    scored.push({ name, kind: 'labels used', runs: scoredRuns });
  }
  if (scored.length === 0) return undefined;
  const fitted = sets.keys.filter(({ id }) => sets.labels.labelOf(id, 'species') !== undefined);
  const blind = randomNeighbours(idsOf(sets.test), idsOf(fitted), rng.split('blind'));
  const level = chance(blind, sets.labels, 'species', { rng: rng.split('chance') });
  return { title, rank: 'species', systems: scored, chance: [level] };
}

async function linearOutcomes(system: System, sets: OpenWorldSets, runtime: Runtime, rng: Rng): Promise<Outcomes> {
  if (system.vectors === undefined) throw new TypeError(`cli: ${system.name} has no vectors for a linear probe`);
  const train = labelledRows(await system.vectors(sets.keys), sets.labels, 'species');
  const val = labelledRows(await system.vectors(sets.val), sets.labels, 'species');
  const probe = await linearProbe({ rng }).fit(train.x, train.y, runtime, { validation: val });
  return scorePredictions(probePredictions(probe, await system.vectors(sets.test), 'species'), sets.labels);
}

function idsOf(items: readonly Identified<string>[]): string[] {
  return items.map(({ id }) => id);
}
