import type { Rng } from '@bioscan/core';
import type { SimulationSettings } from './settings.js';
import type { SimulatedSpecies } from './species-tree.js';
import { evolve, poisson } from './substitution.js';

/** Letters in place of what sequencing lost or could not read. */
export interface ReadBarcode {
  /** The specimen's whole 658 bp, as nature has it. */
  readonly haplotype: string;
  /** What the table shows: ends cut, runs of N. */
  readonly barcode: string;
}

/** How many specimens each species has: log-normal abundances, so that a few are common and many are rare; sums to `settings.specimens`. */
export function abundances(settings: SimulationSettings, random: Rng): number[] {
  const weights = Array.from({ length: settings.species }, () => Math.exp(1.3 * random.normal()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spare = settings.specimens - settings.species;
  const counts = weights.map((weight) => 1 + Math.floor((spare * weight) / total));
  for (let missing = settings.specimens - counts.reduce((sum, count) => sum + count, 0); missing > 0; missing--) {
    const lucky = random.integer(counts.length);
    counts[lucky] = (counts[lucky] ?? 0) + 1;
  }
  return counts;
}

/**
 * Barcodes of `count` specimens of a species. A new specimen repeats the haplotype of an earlier one, or shows a new one a few mutations away
 * from an earlier one (a Chinese restaurant: about half of the barcodes are distinct).
 */
export function population(
  species: SimulatedSpecies,
  count: number,
  settings: SimulationSettings,
  random: Rng,
): ReadBarcode[] {
  const haplotypes: string[] = [];
  const diversity = 0.001 + 0.007 * random.uniform() ** 2;
  for (let i = 0; i < count; i++) {
    const parent = i === 0 ? species.barcode : (haplotypes[random.integer(i)] as string);
    const isNew = i === 0 || random.uniform() < 0.58;
    haplotypes.push(isNew ? evolve(parent, diversity, random) : parent);
  }
  return haplotypes.map((haplotype) => ({ haplotype, barcode: readBarcode(haplotype, settings, random) }));
}

function readBarcode(haplotype: string, settings: SimulationSettings, random: Rng): string {
  let start = 0;
  let end = haplotype.length;
  if (random.uniform() < settings.ragged) {
    if (random.uniform() < 0.5) start = poisson(random, 20);
    if (random.uniform() < 0.5) end -= poisson(random, 25);
    if (random.uniform() < 0.08) end = start + 120 + random.integer(380);
  }
  const letters = [...haplotype.slice(start, Math.max(end, start + 80))];
  if (random.uniform() < settings.ambiguous) {
    const run = 1 + poisson(random, 2);
    const at = random.integer(letters.length - run);
    letters.fill('N', at, at + run);
  }
  return letters.join('');
}
