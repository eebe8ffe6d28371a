import type { LabelRank } from '@bioscan/core';

/** A line of the BIOSCAN-5M paper's table of barcode statistics. */
export interface PublishedRank {
  readonly groups: number;
  readonly barcodes: number;
  readonly shannon: number;
  /** Mean of the groups' means, and mean of their standard deviations, in letters. */
  readonly distance?: number;
  readonly spread?: number;
}

/**
 * BIOSCAN-5M's barcode statistics by rank: restricted Damerau in letters, on barcodes cut to 625 and aligned with gaps, wrong labels included; groups of
 * 5 barcodes or more. Source: arXiv:2406.12723.
 */
export const publishedDistances: Readonly<Partial<Record<LabelRank, PublishedRank>>> = {
  phylum: { groups: 1, barcodes: 2_486_492, shannon: 19.78, distance: 158, spread: 42 },
  class: { groups: 10, barcodes: 2_482_891, shannon: 8.56, distance: 166, spread: 103 },
  order: { groups: 55, barcodes: 2_474_855, shannon: 7.05, distance: 128, spread: 53 },
  family: { groups: 934, barcodes: 2_321_301, shannon: 5.42, distance: 90, spread: 46 },
  subfamily: { groups: 1542, barcodes: 657_639, shannon: 4.28, distance: 78, spread: 51 },
  genus: { groups: 7605, barcodes: 531_109, shannon: 2.63, distance: 50, spread: 39 },
  species: { groups: 22_622, barcodes: 202_260, shannon: 1.46, distance: 17, spread: 18 },
  bin: { groups: 324_411, barcodes: 2_474_881, shannon: 1.29 },
};

/** Means of some bins of its species curve, in letters; bin 1 holds the most spread of 8,372 species. */
export const publishedCurve: readonly (readonly [bin: number, mean: number])[] = [
  [1, 280.6], [2, 113.9], [3, 83.0], [4, 68.1], [5, 59.6], [6, 53.6], [7, 48.9], [8, 44.7], [9, 40.3], [10, 36.9],
  [20, 20.3], [40, 10.2], [60, 6.3], [80, 3.7], [100, 1.5],
]; // prettier-ignore
