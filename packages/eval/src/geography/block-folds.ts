import type { Rng } from '@bioscan/core';
import type { EqualAreaGrid } from './equal-area-grid.js';
import type { Occurrence } from './occurrences.js';

/** Which fold each block, and so each specimen, lies in. Fold 0 is for choosing, the others for scoring. */
export interface BlockFolds {
  readonly count: number;
  readonly blocks: number;
  /** Undefined for specimens without a place. */
  foldOf(id: string): number | undefined;
}

export interface BlockFoldOptions {
  readonly grid: EqualAreaGrid;
  readonly rng: Rng;
  /** Default 5. */
  readonly folds?: number;
}

/**
 * Deals whole blocks to folds, the fullest first, each to the fold with fewest records: the same locality never lies in two folds.
 * Blocks of one fold may touch blocks of another, so that a neighbouring valley may be known; what is held out is the site.
 * @throws RangeError for fewer than 2 folds, fewer blocks than folds, or a place that is none
 */
export function planBlockFolds(
  occurrences: readonly Occurrence[],
  { grid, rng, folds = 5 }: BlockFoldOptions,
): BlockFolds {
  const cells = occurrences.map(({ latitude, longitude }) => grid.cellOf(latitude, longitude));
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  if (!Number.isInteger(folds) || folds < 2 || counts.size < folds) {
    throw new RangeError(
      `eval: ${folds} folds of ${counts.size} blocks, expected 2 folds or more and a block for each`,
    );
  }
  const order = rng.shuffle([...counts].sort(([a], [b]) => (a < b ? -1 : 1))).sort((a, b) => b[1] - a[1]);
  const loads = new Array<number>(folds).fill(0);
  const foldOfCell = new Map<string, number>();
  for (const [cell, count] of order) {
    const fold = loads.indexOf(Math.min(...loads));
    loads[fold] = (loads[fold] as number) + count;
    foldOfCell.set(cell, fold);
  }
  const byId = new Map(occurrences.map(({ id }, i) => [id, foldOfCell.get(cells[i] as string) as number]));
  return { count: folds, blocks: counts.size, foldOf: (id) => byId.get(id) };
}
