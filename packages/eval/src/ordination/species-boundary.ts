import { BioscanError, type Interval, type Rng } from '@bioscan/core';
import { auroc } from '../calibration/open-set.js';
import { quantile } from '../estimate.js';

/** Pairs of records of one genus: same species or not, how far apart by the reference, and how far by each system. */
export interface BoundaryPairs {
  /** Of sequence, as a share; the bands are cut from it. `(pairs)` */
  readonly divergence: Float64Array;
  /** Same species. `(pairs)` */
  readonly conspecific: readonly boolean[];
  /** By name of the system: smaller is nearer. `(pairs)` */
  readonly distances: Readonly<Record<string, Float64Array>>;
}

/** One system in one band. */
export interface BoundaryBand {
  readonly system: string;
  /** From, inclusive, and to, exclusive. */
  readonly from: number;
  readonly to: number;
  readonly conspecific: number;
  readonly congeneric: number;
  /** Chance that a conspecific pair is nearer than a congener pair, ties half; undefined where either is missing: never 0. */
  readonly auc: number | undefined;
  /** Over draws of groups with all their pairs; absent without groups, and where fewer than half of the draws had both kinds. */
  readonly interval?: Interval;
}

/** How intervals are drawn: pairs of one genus hang together. */
export interface BoundaryDraws {
  /** The genus of each pair. `(pairs)` */
  readonly groups: readonly string[];
  readonly rng: Rng;
  /** Default 200. */
  readonly draws?: number;
}

/** 0-1, 1-2, … 4-5 %. */
export const boundaryBands: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4].map((percent) => [
  percent / 100,
  (percent + 1) / 100,
]);

/**
 * Is an embedding better than ordination of distances? Decided where it matters: among pairs of one genus that are equally divergent, do conspecific ones
 * lie nearer than congeners? 0.5 means that a system adds nothing to the divergence itself. One row a system and band. O(n log n), times the draws.
 * All systems and bands share their draws of genera.
 */
export function speciesBoundary(
  pairs: BoundaryPairs,
  bands: readonly (readonly [number, number])[] = boundaryBands,
  resampling?: BoundaryDraws,
): BoundaryBand[] {
  const { divergence, conspecific, distances } = pairs;
  if (conspecific.length !== divergence.length) {
    throw new BioscanError('mismatch', `eval: pairs, got ${conspecific.length} labels, expected ${divergence.length}`);
  }
  const weights = resampling === undefined ? [] : drawnWeights(resampling, divergence.length);
  return Object.entries(distances).flatMap(([system, own]) => {
    if (own.length !== divergence.length) {
      throw new BioscanError('mismatch', `eval: pairs of ${system}, got ${own.length}, expected ${divergence.length}`);
    }
    return bands.map(([from, to]): BoundaryBand => {
      const inside = [...divergence.keys()].filter((i) => {
        const value = divergence[i] as number;
        return value >= from && value < to && !Number.isNaN(own[i]);
      });
      // A congener pair farther than a conspecific one is right.
      const aucOf = (rows: readonly number[]): number | undefined =>
        auroc(
          rows.map((i) => own[i] as number),
          rows.map((i) => conspecific[i] !== true),
        );
      const near = inside.filter((i) => conspecific[i] === true).length;
      const drawn = weights.map((weight) =>
        aucOf(inside.flatMap((i) => new Array<number>(weight[i] as number).fill(i))),
      );
      return {
        ...{ system, from, to, conspecific: near, congeneric: inside.length - near, auc: aucOf(inside) },
        ...intervalOver(
          drawn.filter((auc) => auc !== undefined),
          weights.length,
        ),
      };
    });
  });
}

/** How often each pair stands in each draw of groups with replacement. */
function drawnWeights({ groups, rng, draws = 200 }: BoundaryDraws, pairs: number): Uint16Array[] {
  if (groups.length !== pairs) {
    throw new BioscanError('mismatch', `eval: pairs, got ${groups.length} groups, expected ${pairs}`);
  }
  const names = [...new Set(groups)].sort();
  return Array.from({ length: draws }, () => {
    const times = new Map<string, number>();
    for (let i = 0; i < names.length; i++) {
      const name = names[rng.integer(names.length)] as string;
      times.set(name, (times.get(name) ?? 0) + 1);
    }
    return Uint16Array.from(groups, (group) => times.get(group) ?? 0);
  });
}

function intervalOver(values: readonly number[], draws: number): { readonly interval?: Interval } {
  if (values.length === 0 || values.length < draws / 2) return {};
  const sorted = [...values].sort((a, b) => a - b);
  return { interval: { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), level: 0.95, unit: 'genus' } };
}
