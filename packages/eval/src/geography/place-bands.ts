import type { Estimate } from '../estimate.js';
import { selectOutcomes, type Outcomes } from '../outcomes.js';
import type { Resampler } from '../resampler.js';
import { foldPriors } from './fold-priors.js';
import type { ArmSetting } from './place-arms.js';
import { gainOf } from './place-scores.js';

/** Tied queries by how far the nearest record of their own species is, outside their fold; and what place gains there. */
export interface DistanceBand {
  readonly band: string;
  readonly ties: number;
  readonly gain: Estimate;
}

const starts = [0, 100, 300, 1000, 3000] as const;

/** Gain by distance: a prior that only remembers neighbouring sites fails far from them. Empty bands are left out. */
export function gainByDistance(
  range: Outcomes,
  signal: Outcomes,
  setting: ArmSetting,
  resampler: Resampler,
): DistanceBand[] {
  const bandOf = bandsOf(range, setting);
  return [...starts.map(bandName), unknown].flatMap((band) => {
    const inBand = (id: string): boolean => bandOf.get(id) === band;
    const [a, b] = [selectOutcomes(range, inBand), selectOutcomes(signal, inBand)];
    return a.queryIds.length === 0 ? [] : [{ band, ties: a.queryIds.length, gain: gainOf([a], b, resampler) }];
  });
}

const unknown = 'no other record';

function bandsOf({ queryIds, truth }: Outcomes, setting: ArmSetting): Map<string, string> {
  const { occurrences, folds } = setting;
  const priorOf = foldPriors(occurrences, folds);
  const places = new Map(occurrences.map((one) => [one.id, one]));
  return new Map(
    queryIds.map((id, i) => {
      const place = places.get(id);
      const prior = priorOf(folds.foldOf(id) ?? -1, 1);
      const distance = place && prior?.nearest(truth[i] as string, place.latitude, place.longitude);
      const at = distance === undefined ? undefined : starts.findLast((start) => start <= distance);
      return [id, at === undefined ? unknown : bandName(at)];
    }),
  );
}

function bandName(start: number): string {
  const next = starts[starts.indexOf(start as (typeof starts)[number]) + 1];
  return next === undefined ? `${start}+ km` : `${start}-${next} km`;
}
