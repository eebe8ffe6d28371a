import type { Rng } from '@bioscan/core';
import { codonsOf, translateCodon } from './genetic-code.js';
import { coiLength, coiProtein, coiTolerance, thirdPositionFrequencies } from './coi.js';

/** Transitions are this many times likelier to be proposed than each transversion. */
const transitionBias = 4;
const transition: Readonly<Record<string, string>> = { A: 'G', G: 'A', C: 'T', T: 'C' };
const bases = ['A', 'C', 'G', 'T'] as const;

/**
 * An ancestral barcode: the majority protein of insect COI, each amino acid with a codon drawn by the mutation bias of third positions.
 * 658 letters of ACGT without an in-frame stop.
 */
export function ancestralBarcode(random: Rng): string {
  const codons = [...coiProtein].map((aminoAcid) => drawWeighted(random, codonsOf(aminoAcid), codonWeight));
  return drawWeighted(random, bases, (base) => thirdPositionFrequencies[base]) + codons.join('');
}

/**
 * Evolves a barcode along a branch by mutation and selection: mutations are proposed with the bias of insect mitochondria
 * (AT-rich, transitions first) and kept when they are synonymous, or, rarely, when the codon's site tolerates another amino acid; never when they make a stop.
 * @param length expected number of accepted substitutions a site; several may hit one site
 */
export function evolve(barcode: string, length: number, random: Rng): string {
  const letters = [...barcode];
  const target = poisson(random, length * coiLength);
  for (let accepted = 0; accepted < target;) if (tryMutation(letters, random)) accepted++;
  return letters.join('');
}

function tryMutation(letters: string[], random: Rng): boolean {
  const site = random.integer(coiLength);
  const old = letters[site] as keyof typeof thirdPositionFrequencies;
  const base = drawWeighted(
    random,
    bases.filter((candidate) => candidate !== old),
    (candidate) => thirdPositionFrequencies[candidate] * (transition[old] === candidate ? transitionBias : 1),
  );
  // Biased towards rare letters leaving faster than they come: the stationary distribution is then the bias itself.
  if (random.uniform() >= 0.07 / (0.07 + thirdPositionFrequencies[old] * thirdPositionFrequencies[old])) return false;
  if (random.uniform() >= acceptance(letters, site, base)) return false;
  letters[site] = base;
  return true;
}

/** Probability that selection keeps a mutation. */
function acceptance(letters: readonly string[], site: number, base: string): number {
  if (site === 0) return 1;
  const codonIndex = Math.floor((site - 1) / 3);
  const start = 1 + 3 * codonIndex;
  const codon = letters.slice(start, start + 3);
  const before = translateCodon(codon.join(''));
  codon[site - start] = base;
  const after = translateCodon(codon.join(''));
  if (after === '*') return 0;
  if (after === before) return 1;
  const tolerance = Number(coiTolerance[codonIndex] ?? 0) / 10;
  return 0.25 * tolerance * tolerance;
}

function codonWeight(codon: string): number {
  return thirdPositionFrequencies[codon.charAt(2) as keyof typeof thirdPositionFrequencies];
}

function drawWeighted<T>(random: Rng, items: readonly T[], weight: (item: T) => number): T {
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let remaining = random.uniform() * total;
  for (const item of items) {
    remaining -= weight(item);
    if (remaining < 0) return item;
  }
  return items[items.length - 1] as T;
}

/** A Poisson variate (Knuth's product for small means, a rounded normal above 50). */
export function poisson(random: Rng, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
