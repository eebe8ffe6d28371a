import type { Rng } from '@bioscan/core';
import type { BlockFolds } from './block-folds.js';
import type { Preference } from './break-ties.js';
import { foldPriors, type PriorOfFold } from './fold-priors.js';
import type { LocatedOccurrence, Occurrence } from './occurrences.js';
import { priorOf, rangesOf, type RangePrior } from './range-prior.js';

/** What breaks a tie. `known-sites` lets records of the query's own block in: it shows what remembering a site is worth, not what a range is. */
export const placeArms = ['range', 'frequency', 'permuted', 'coordinate-1nn', 'known-sites'] as const;
export type PlaceArm = (typeof placeArms)[number];

export interface ArmSetting {
  readonly folds: BlockFolds;
  readonly occurrences: readonly LocatedOccurrence[];
  /** Ids whose own record must not speak for them. */
  readonly queryIds: ReadonlySet<string>;
  readonly rng: Rng;
}

/** A preference that a reach in kilometres completes. */
export type PreferenceAt = (reach: number) => Preference;

/**
 * The preference of an arm. Each query is judged by records outside its own fold of blocks (but for `known-sites`, which only leaves the queries
 * themselves out). `draw` counts the permutations of `permuted`.
 */
export function placePreference(arm: PlaceArm, setting: ArmSetting, draw = 0): PreferenceAt {
  const { occurrences, folds, queryIds } = setting;
  switch (arm) {
    case 'range':
      return byDensity(setting, foldPriors(occurrences, folds));
    case 'permuted':
      return byDensity(setting, foldPriors(permutedPlaces(setting, draw), folds));
    case 'known-sites': {
      const ranges = rangesOf(occurrences.filter(({ id }) => !queryIds.has(id)));
      return byDensity(setting, (_fold, reach) => priorOf(ranges, reach));
    }
    case 'coordinate-1nn':
      return byNearest(setting, foldPriors(occurrences, folds));
    case 'frequency':
      return byFrequency(setting);
    default:
      return arm satisfies never;
  }
}

function byDensity(setting: ArmSetting, priorAt: PriorOfFold): PreferenceAt {
  return compared(setting, priorAt, (prior, species, { latitude, longitude }) =>
    prior.density(species, latitude, longitude),
  );
}

function byNearest(setting: ArmSetting, priorAt: PriorOfFold): PreferenceAt {
  return compared(setting, priorAt, (prior, species, { latitude, longitude }) => {
    const distance = prior.nearest(species, latitude, longitude);
    return distance === undefined ? undefined : -distance;
  });
}

/** What one value is above the other; undefined where either is not known. */
function compared(
  { occurrences, folds }: ArmSetting,
  priorAt: PriorOfFold,
  value: (prior: RangePrior, species: string, place: Occurrence) => number | undefined,
): PreferenceAt {
  const places = new Map(occurrences.map((one) => [one.id, one]));
  return (reach) => (queryId, first, second) => {
    const place = places.get(queryId);
    const prior = place === undefined ? undefined : priorAt(folds.foldOf(queryId) ?? -1, reach);
    if (place === undefined || prior === undefined) return undefined;
    const [a, b] = [value(prior, first, place), value(prior, second, place)];
    return a === undefined || b === undefined ? undefined : a - b;
  };
}

/** More records outside the fold, wherever they lie. */
function byFrequency({ occurrences, folds }: ArmSetting): PreferenceAt {
  const counts = Array.from({ length: folds.count }, () => new Map<string, number>());
  for (const { id, species } of occurrences) {
    const own = folds.foldOf(id);
    counts.forEach((row, fold) => {
      if (fold !== own) row.set(species, (row.get(species) ?? 0) + 1);
    });
  }
  return () => (queryId, first, second) => {
    const row = counts[folds.foldOf(queryId) ?? -1];
    const [a, b] = [row?.get(first), row?.get(second)];
    return a === undefined || b === undefined ? undefined : a - b;
  };
}

/**
 * Records exchange their places within their genus: the genus keeps its places, each species its number of records, and what a place says of the
 * species is gone. A record follows its new place into that place's fold.
 */
function permutedPlaces({ occurrences, rng }: ArmSetting, draw: number): LocatedOccurrence[] {
  const genera = new Map<string, number[]>();
  occurrences.forEach(({ genus }, i) => {
    const members = genera.get(genus);
    if (members === undefined) genera.set(genus, [i]);
    else members.push(i);
  });
  const permuted = [...occurrences];
  const stream = rng.split(`permuted ${draw}`);
  for (const members of genera.values()) {
    const from = stream.shuffle([...members]);
    members.forEach((target, i) => {
      const { species, genus } = occurrences[target] as LocatedOccurrence;
      permuted[target] = { ...(occurrences[from[i] as number] as LocatedOccurrence), species, genus };
    });
  }
  return permuted;
}
