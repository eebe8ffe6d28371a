import type { Rng } from '@bioscan/core';
import type { BarcodeModel } from './barcode-model.js';
import { apportion } from './partition.js';
import { barcodeText, evolve, type Bases } from './substitution.js';

/** How many specimens each of some species has: log-normal, so that a few are common and many are rare; sums to `specimens`. */
export function abundances(specimens: number, species: number, random: Rng): number[] {
  const weights = Array.from({ length: species }, () => Math.exp(1.3 * random.normal()));
  return apportion(specimens, weights, 1);
}

/**
 * Haplotypes of `count` specimens of a species. A specimen repeats the haplotype of an earlier one, or shows a new one a few mutations away
 * from an earlier one (a Chinese restaurant); some species hold deep lineages, each with haplotypes of its own.
 */
export function population(ancestor: Bases, count: number, model: BarcodeModel, random: Rng): string[] {
  const { newHaplotype, step, deep } = model.population;
  const length = step.median * Math.exp(step.sigma * random.normal());
  const lineages = [ancestor];
  if (random.uniform() < deep.share) {
    for (let n = 1 + random.integer(2); n > 0; n--) {
      const depth = -deep.depth * Math.log(1 - random.uniform());
      lineages.push(evolve(ancestor, depth, model.substitution, random));
    }
  }
  const members: Bases[][] = lineages.map(() => []);
  const texts = new Map<Bases, string>();
  return Array.from({ length: count }, () => {
    const at = Math.floor(lineages.length * random.uniform() ** 2);
    const lineage = members[at] as Bases[];
    const parent = lineage[random.integer(Math.max(1, lineage.length))] ?? lineages[at] ?? ancestor;
    const isNew = lineage.length === 0 || random.uniform() < newHaplotype;
    const bases = isNew ? evolve(parent, length, model.substitution, random) : parent;
    lineage.push(bases);
    const text = texts.get(bases) ?? barcodeText(bases);
    texts.set(bases, text);
    return text;
  });
}
