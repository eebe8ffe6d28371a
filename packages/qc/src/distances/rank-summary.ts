import type { LabelRank } from '@bioscan/core';
import type { GroupDistances } from './distances-by-rank.js';

/** A rank in a line, as the paper's table has it. */
export interface RankSummary {
  readonly rank: LabelRank;
  readonly groups: number;
  readonly barcodes: number;
  /** Different barcodes a group: mean, median, population standard deviation. */
  readonly mean: number;
  readonly median: number;
  readonly deviation: number;
  /** Shannon diversity of the records over the barcodes of a group, in bits, averaged over groups. */
  readonly shannon: number;
  /** Groups with a distance, of which so many were sampled. */
  readonly measured: number;
  readonly sampled: number;
  readonly pairs: number;
  readonly saturated: number;
  readonly incomparable: number;
  /** Mean of the groups' means, every group counting once; undefined where nothing was measured. */
  readonly distance: number | undefined;
  /** What drawing pairs leaves open of it, 95 %; 0 where all groups are exact. */
  readonly uncertainty: number;
  /** Mean of the groups' standard deviations. */
  readonly spread: number | undefined;
}

/** One line a rank, in order of the ranks given. */
export function rankSummaries(found: readonly GroupDistances[], ranks: readonly LabelRank[]): RankSummary[] {
  return ranks.map((rank) =>
    summary(
      rank,
      found.filter(({ group }) => group.rank === rank),
    ),
  );
}

function summary(rank: LabelRank, found: readonly GroupDistances[]): RankSummary {
  const sizes = found.map(({ group }) => group.counts.length).sort((a, b) => a - b);
  const measured = found.filter(({ moments }) => moments !== undefined);
  const deviations = measured.flatMap(({ moments }) => moments?.deviation ?? []);
  const errors = measured.map(({ interval }) => (interval === undefined ? 0 : (interval.high - interval.low) / 2));
  return {
    rank,
    groups: found.length,
    barcodes: sum(sizes),
    mean: average(sizes) ?? 0,
    median: middle(sizes),
    deviation: Math.sqrt(average(sizes.map((size) => (size - (average(sizes) ?? 0)) ** 2)) ?? 0),
    shannon: average(found.map(({ group }) => shannonBits(group.counts))) ?? 0,
    measured: measured.length,
    sampled: measured.filter(({ group }) => !group.exact).length,
    pairs: sum(measured.map(({ moments }) => moments?.count ?? 0)),
    saturated: sum(found.map(({ saturated }) => saturated)),
    incomparable: sum(found.map(({ incomparable }) => incomparable)),
    distance: average(measured.map(({ moments }) => moments?.mean ?? 0)),
    uncertainty: errors.length === 0 ? 0 : Math.sqrt(sum(errors.map((error) => error ** 2))) / errors.length,
    spread: average(deviations),
  };
}

/** Shannon's diversity of counts, in bits; 0 for one kind. */
export function shannonBits(counts: readonly number[]): number {
  const total = sum(counts);
  return counts.reduce((bits, count) => (count === 0 ? bits : bits - (count / total) * Math.log2(count / total)), 0);
}

export interface CurvePoint {
  /** 1 for the species most spread out. */
  readonly bin: number;
  readonly species: number;
  readonly mean: number;
}

/**
 * The paper's species curve: species from the largest mean distance to the smallest, in 100 bins of equal number, the mean of each. With fewer species
 * a bin is one species.
 */
export function speciesCurve(found: readonly GroupDistances[], bins = 100): CurvePoint[] {
  const means = found
    .flatMap(({ group, moments }) => (group.rank === 'species' && moments !== undefined ? [moments.mean] : []))
    .sort((a, b) => b - a);
  const count = Math.min(bins, means.length);
  return Array.from({ length: count }, (_, bin) => {
    const own = means.slice(Math.floor((bin * means.length) / count), Math.floor(((bin + 1) * means.length) / count));
    return { bin: bin + 1, species: own.length, mean: average(own) ?? 0 };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function average(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length;
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
