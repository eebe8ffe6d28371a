import type { BlockFolds } from './block-folds.js';
import type { LocatedOccurrence } from './occurrences.js';
import { priorOf, rangesOf, type RangePrior } from './range-prior.js';

/** The prior that may judge queries of a fold; undefined for a fold that is none. */
export type PriorOfFold = (fold: number, reach: number) => RangePrior | undefined;

/** Ranges a fold, made of the records outside it: a query's own block never speaks for it. */
export function foldPriors(occurrences: readonly LocatedOccurrence[], folds: BlockFolds): PriorOfFold {
  const foldOf = occurrences.map(({ id }) => folds.foldOf(id));
  const ranges = Array.from({ length: folds.count }, (_, fold) =>
    rangesOf(occurrences.filter((_one, i) => foldOf[i] !== fold)),
  );
  return (fold, reach) => {
    const own = ranges[fold];
    return own === undefined ? undefined : priorOf(own, reach);
  };
}
