import { harmonic } from '@bioscan/eval';
import type { ArmRun, Retrieval } from './arm-run.js';
import { macro, micro } from './tally.js';

/** Point values of a retrieval, species at rank one, shares in [0, 1]. */
export interface Measures {
  /** Of the macro accuracies of seen and unseen species. The one that grids are chosen by. */
  readonly harmonic: number;
  readonly seen: { readonly macro: number; readonly micro: number };
  readonly unseen: { readonly macro: number; readonly micro: number };
  readonly chance: number;
}

export type MeasureName = 'harmonic mean' | 'macro seen' | 'macro unseen' | 'micro seen' | 'micro unseen';

export function measures({ seen, unseen, chance }: Retrieval): Measures {
  const [s, u] = [
    { macro: macro(seen), micro: micro(seen) },
    { macro: macro(unseen), micro: micro(unseen) },
  ];
  return { harmonic: harmonic(s.macro, u.macro), seen: s, unseen: u, chance: harmonic(chance.seen, chance.unseen) };
}

export function measureOf(retrieval: Retrieval, name: MeasureName): number {
  const { harmonic: mean, seen, unseen } = measures(retrieval);
  switch (name) {
    case 'harmonic mean':
      return mean;
    case 'macro seen':
      return seen.macro;
    case 'macro unseen':
      return unseen.macro;
    case 'micro seen':
      return seen.micro;
    case 'micro unseen':
      return unseen.micro;
    default:
      return name satisfies never;
  }
}

/** A run's retrieval: photo to photo unless another is named; undefined where it was not measured. */
export function retrievalOf(
  { retrievals }: Pick<ArmRun, 'retrievals'>,
  pair?: readonly [string, string],
): Retrieval | undefined {
  if (pair === undefined) return retrievals[0];
  return retrievals.find(({ query, key }) => query === pair[0] && key === pair[1]);
}
