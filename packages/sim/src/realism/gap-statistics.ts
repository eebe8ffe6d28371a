import { groupBy, type CleanBarcode } from './barcode-sample.js';
import { ascending, mean, quantile, type BarcodeStatistics } from './summaries.js';

/**
 * Largest distance within species (of 5 or more distinct barcodes) against the smallest to another one (of 2 or more), over up to 6 distinct barcodes a species (a larger sample finds larger
 * maxima: samples must be of one size to compare). Differing sites of 658. Quadratic, but most pairs end early.
 */
export function gapStatistics(barcodes: readonly CleanBarcode[]): BarcodeStatistics {
  const species = [...groupBy(barcodes, (barcode) => barcode.species).values()];
  const nearest = nearestOthers(species);
  const largest = species.map((own) => largestWithin(own));
  const judged = species.flatMap((own, i) => (own.length >= 2 ? [i] : []));
  const maxima = species.flatMap((own, i) => (own.length >= 5 ? [largest[i] ?? 0] : []));
  const without = judged.filter((i) => (largest[i] ?? 0) >= (nearest[i] ?? 0)).length / judged.length;
  const percent = ascending(nearest.map((sites) => (100 * sites) / 658));
  return {
    values: {
      'largest within species, mean': mean(maxima),
      'largest within species, median': quantile(ascending(maxima), 0.5),
      'nearest other species %, mean': mean(percent),
      'nearest other species %, median': quantile(percent, 0.5),
      'share of species without a gap': without,
    },
    samples: { 'largest within species': ascending(maxima), 'nearest other species %': percent },
  };
}

function largestWithin(own: readonly CleanBarcode[]): number {
  let largest = 0;
  for (let i = 0; i < own.length; i++) {
    for (let j = 0; j < i; j++) {
      largest = Math.max(largest, differences(own[i]?.sequence ?? '', own[j]?.sequence ?? '', 658));
    }
  }
  return largest;
}

function nearestOthers(species: readonly (readonly CleanBarcode[])[]): number[] {
  const nearest = species.map(() => 658);
  for (let i = 0; i < species.length; i++) {
    for (let j = 0; j < i; j++) {
      for (const a of species[i] ?? []) {
        for (const b of species[j] ?? []) {
          const limit = Math.max(nearest[i] ?? 0, nearest[j] ?? 0);
          const found = differences(a.sequence, b.sequence, limit);
          if (found < (nearest[i] ?? 0)) nearest[i] = found;
          if (found < (nearest[j] ?? 0)) nearest[j] = found;
        }
      }
    }
  }
  return nearest;
}

/** Differing sites of two sequences of equal length; counting ends at `limit`. */
export function differences(a: string, b: string, limit: number): number {
  let count = 0;
  for (let i = 0; i < a.length && count < limit; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) count++;
  return count;
}
