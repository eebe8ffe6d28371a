import { fittedSuspicion, suspicion, suspicionsOf, tierOfCheck, type CheckTier } from '@bioscan/qc';
import type { ErrorKind } from '@bioscan/sim';
import {
  casesOf,
  checkedWorld,
  stratum,
  type CheckedWorld,
  type WorldChoice,
  type WorldHost,
} from './triage-worlds.js';

/** Lists that are judged: all checks together, and what single tiers would find. */
export const lists = [
  'all',
  'tiers 1-3 and plates',
  'tier 1',
  'tier 2',
  'tier 3',
  'tier 4',
  'tier 4 in-sample',
  'plates and places',
] as const;
export type List = (typeof lists)[number];

const listOf = {
  'names and BINs': 'tier 1',
  sequences: 'tier 2',
  neighbourhood: 'tier 3',
  'photo against barcode': 'tier 4',
  'plates, places, names, photos': 'plates and places',
} as const satisfies Record<CheckTier, List>;

/** A record that was planted in, or that a list named. */
export interface ScoredRecord {
  readonly id: string;
  readonly error?: {
    readonly kind: ErrorKind;
    readonly stratum: ReturnType<typeof stratum>;
    /** A wrong name or barcode that nothing in names and barcodes can contradict. */
    readonly alone: boolean;
  };
  readonly kind?: 'error' | 'novelty' | 'note';
  /** Estimated chance by list; absent: not on it. */
  readonly chance: Partial<Record<List, number>>;
}

/** A species that stands under the name of a congener. */
export interface LumpedSpecies {
  readonly name: string;
  readonly records: number;
  readonly host: number;
  /** Whether a discovery was reported under the name, on either side of it. */
  readonly reported: boolean;
  readonly asNovelty: number;
}

/** All that the protocol needs of one world. Plain JSON. */
export interface WorldScore {
  readonly choice: WorldChoice;
  readonly records: number;
  readonly scored: readonly ScoredRecord[];
  readonly lumped: readonly LumpedSpecies[];
  /** Records without an error that a discovery names: real deep lineages of the world among them. */
  readonly otherNovelties: number;
}

export async function scoreWorld(choice: WorldChoice, host: WorldHost): Promise<WorldScore> {
  const world = await checkedWorld(choice, host);
  const prevalence = world.kinds.size / choice.specimens;
  const cases = new Map(casesOf(world, fittedSuspicion, prevalence).map((one) => [one.processId, one]));
  const chances = new Map(lists.map((list) => [list, chancesOf(world, list, prevalence)]));
  const ids = world.library.records.map(({ processId }) => processId);
  const scored = ids.flatMap((id): ScoredRecord[] => {
    const kind = world.kinds.get(id);
    const own = cases.get(id);
    const chance = Object.fromEntries(
      lists.flatMap((list) => {
        const value = list === 'all' ? (own?.kind === 'error' ? own.precision : undefined) : chances.get(list)?.get(id);
        return value === undefined ? [] : [[list, Math.round(1e5 * value) / 1e5]];
      }),
    ) as ScoredRecord['chance'];
    if (kind === undefined && Object.keys(chance).length === 0 && own?.kind !== 'novelty') return [];
    return [
      {
        id,
        ...(kind === undefined ? {} : { error: { kind, stratum: stratum(world, id), alone: isAlone(world, id) } }),
        ...(own === undefined ? {} : { kind: own.kind }),
        chance,
      },
    ];
  });
  const novelty = (id: string): boolean => cases.get(id)?.kind === 'novelty';
  return {
    choice,
    records: ids.length,
    scored,
    lumped: lumpedSpecies(world, novelty),
    otherNovelties: ids.filter((id) => novelty(id) && !world.kinds.has(id)).length,
  };
}

function chancesOf(world: CheckedWorld, list: List, prevalence: number): ReadonlyMap<string, number> {
  const findings =
    list === 'tier 4 in-sample'
      ? world.inSample
      : world.findings.filter(({ check }) => {
          const own = listOf[tierOfCheck(check)];
          return list === 'tiers 1-3 and plates' ? own !== 'tier 4' : own === list;
        });
  return new Map(Array.from(suspicionsOf(findings), ([id, own]) => [id, suspicion(fittedSuspicion, own, prevalence)]));
}

/** The named species has no other barcode to differ from, or bears this very barcode elsewhere. */
function isAlone({ library, kinds }: CheckedWorld, id: string): boolean {
  const record = library.indexOf(id) ?? -1;
  const species = library.names[record]?.species;
  const own = library.haplotypes.of[record] ?? -1;
  const mates = library.records.flatMap((row, i) =>
    i !== record && library.names[i]?.species === species && !kinds.has(row.processId)
      ? [library.haplotypes.of[i] ?? -1]
      : [],
  );
  return species === undefined || !mates.some((h) => h >= 0) || mates.includes(own);
}

function lumpedSpecies(
  { simulation, library, kinds, findings }: CheckedWorld,
  novelty: (id: string) => boolean,
): LumpedSpecies[] {
  const groups = new Map<number, string[]>();
  for (const { processId, species } of simulation.truth) {
    if (kinds.get(processId) === 'cryptic-species') groups.set(species, [...(groups.get(species) ?? []), processId]);
  }
  return [...groups.values()].map((own): LumpedSpecies => {
    const name = library.names[library.indexOf(own[0] ?? '') ?? -1]?.species ?? '';
    const lumped = new Set(own);
    const host = library.records.filter(
      ({ processId }, i) => library.names[i]?.species === name && !lumped.has(processId),
    ).length;
    const reported = findings.some(
      ({ check, evidence, records }) =>
        check === 'detached-lineage' &&
        evidence['species'] === name &&
        (records.every((id) => lumped.has(id)) || records.every((id) => !lumped.has(id))),
    );
    return { name, records: own.length, host, reported, asNovelty: own.filter(novelty).length };
  });
}
