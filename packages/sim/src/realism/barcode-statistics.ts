import { barcodeKey, type Rng } from '@bioscan/core';
import {
  cleanBarcodes,
  groupBy,
  inWindow,
  randomPairs,
  sample,
  type BarcodeRecord,
  type CleanBarcode,
} from './barcode-sample.js';
import { compositionStatistics } from './composition-statistics.js';
import { gapStatistics } from './gap-statistics.js';
import { ascending, mean, quantile, type BarcodeStatistics } from './summaries.js';

export interface MeasureOptions {
  /** Edit distance of two sequences. */
  readonly distance: (a: string, b: string) => number;
  readonly rng: Rng;
  /** Pairs drawn in a group. */
  readonly pairs?: number;
}

/** A group is measured from this many distinct barcodes, at most `groupCap` of them drawn: the published protocol. */
const groupMinimum = 5;
const groupCap = 150;

/**
 * Measures barcodes as the papers do, on real and simulated records alike: macro means of edit distances within species, genera, families and
 * orders (clean 658-bp barcodes, groups of 5 or more distinct ones, 150 drawn a group, means over random pairs), barcode gaps,
 * composition by codon position, transitions, saturation, lengths and Ns. Cost: `pairs` distances a group, and all pairs of up to 6 barcodes a species.
 */
export function barcodeStatistics(
  records: readonly BarcodeRecord[],
  { distance, rng, pairs = 300 }: MeasureOptions,
): BarcodeStatistics {
  const clean = cleanBarcodes(records);
  const values: Record<string, number> = {};
  const samples: Record<string, readonly number[]> = {};
  for (const rank of ['species', 'genus', 'family', 'order'] as const) {
    const means = groupMeans(clean, rank, distance, pairs, rng.split(rank));
    values[`edits within ${rank}, mean of means`] = mean(means);
    if (rank === 'species') values['edits within species, median of means'] = quantile(means, 0.5);
    if (rank !== 'order') samples[`mean edits within ${rank}`] = means;
  }
  values['edits between orders, mean'] = betweenOrders(clean, distance, 10 * pairs, rng.split('orders'));
  const aligned = groupBy(clean.filter(inWindow), ({ species }) => species);
  const few = [...aligned.values()].flatMap((own) => sample(own, 6, rng.split('few')));
  for (const part of [
    gapStatistics(few),
    compositionStatistics(few, rng.split('composition')),
    readStatistics(records),
  ]) {
    Object.assign(values, part.values);
    Object.assign(samples, part.samples);
  }
  return { values, samples };
}

function groupMeans(
  barcodes: readonly CleanBarcode[],
  rank: 'species' | 'genus' | 'family' | 'order',
  distance: MeasureOptions['distance'],
  pairs: number,
  random: Rng,
): number[] {
  const means: number[] = [];
  for (const [name, members] of groupBy(barcodes, (barcode) => barcode[rank])) {
    const distinct = [...new Set(members.map(({ sequence }) => sequence))];
    if (distinct.length < groupMinimum) continue;
    const stream = random.split(name);
    const wanted = rank === 'order' ? 10 * pairs : pairs;
    means.push(mean(randomPairs(sample(distinct, groupCap, stream), wanted, stream).map(([a, b]) => distance(a, b))));
  }
  return ascending(means);
}

/** Orders count alike: pairs are drawn from up to 150 barcodes of each. */
function betweenOrders(
  barcodes: readonly CleanBarcode[],
  distance: MeasureOptions['distance'],
  pairs: number,
  random: Rng,
): number {
  const few = [...groupBy(barcodes, ({ order }) => order).values()].flatMap((own) => sample(own, groupCap, random));
  const drawn = randomPairs(few, pairs, random).filter(([a, b]) => a.order !== b.order);
  return mean(drawn.map(([a, b]) => distance(a.sequence, b.sequence)));
}

/** Of all records, clean or not: how many barcodes are distinct, how long, with how many Ns. */
function readStatistics(records: readonly BarcodeRecord[]): BarcodeStatistics {
  const keys = records.map(({ barcode = '' }) => barcodeKey(barcode)).filter((key) => key !== '');
  const lengths = keys.map((key) => key.length);
  const ambiguous = keys.map((key) => key.replace(/[ACGT]/g, '').length);
  return {
    values: {
      'distinct barcodes a record': new Set(keys).size / keys.length,
      'mean length': mean(lengths),
      'share of exactly 658': lengths.filter((length) => length === 658).length / keys.length,
      'share below 600': lengths.filter((length) => length < 600).length / keys.length,
      'share with N or other ambiguity': ambiguous.filter((count) => count > 0).length / keys.length,
      'ambiguous letters in these': mean(ambiguous.filter((count) => count > 0)),
    },
    samples: {
      length: thinned(lengths),
      'ambiguous letters, where any': thinned(ambiguous.filter((count) => count > 0)),
    },
  };
}

/** At most 2,001 quantiles of a long sample. */
function thinned(values: readonly number[]): number[] {
  const sorted = ascending(values);
  if (sorted.length <= 2001) return sorted;
  return Array.from({ length: 2001 }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / 2000)] as number);
}
