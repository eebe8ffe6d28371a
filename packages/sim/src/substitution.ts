import type { Rng } from '@bioscan/core';
import type { SubstitutionModel } from './barcode-model.js';
import { coiLength, coiProtein, coiTolerance } from './coi.js';
import { codonsOf, translateCodon } from './genetic-code.js';

const letters = 'ACGT';
/** The transition partner of each base: A-G, C-T. */
const transition = [2, 3, 0, 1] as const;

/** Amino acid of each of the 64 codons as a character code, 42 for a stop; index 16 a + 4 b + c in ACGT order. */
const aminoAcidOf: Uint8Array = Uint8Array.from({ length: 64 }, (_, i) =>
  translateCodon(letters.charAt(i >> 4) + letters.charAt((i >> 2) & 3) + letters.charAt(i & 3)).charCodeAt(0),
);
const stop = 42;

/** What a codon that hardly varies still tolerates. */
const floorTolerance = 0.05;

/** A whole barcode as codes of ACGT. */
export type Bases = Uint8Array;

export function barcodeText(bases: Bases): string {
  let text = '';
  for (const base of bases) text += letters.charAt(base);
  return text;
}

/**
 * An ancestral barcode: the majority protein of insect COI, each amino acid with a codon drawn by the mutation bias.
 * 658 bases without an in-frame stop.
 */
export function ancestralBarcode(model: SubstitutionModel, random: Rng): Bases {
  const bases = new Uint8Array(coiLength);
  bases[0] = draw(random, model.bias);
  [...coiProtein].forEach((aminoAcid, i) => {
    const codons = codonsOf(aminoAcid).map((codon) => [...codon].map((letter) => letters.indexOf(letter)));
    const weights = codons.map((codon) => codon.reduce((product, base) => product * (model.bias[base] ?? 0), 1));
    bases.set(codons[draw(random, weights)] ?? [], 1 + 3 * i);
  });
  return bases;
}

/**
 * Evolves a barcode along a branch by mutation and selection: mutations are proposed with the bias of insect mitochondria (AT-rich, transitions
 * first) and kept when they are synonymous, or, rarely, where real insects vary; never when they make a stop.
 * @param length expected number of accepted substitutions a site; several may hit one site
 */
export function evolve(ancestor: Bases, length: number, model: SubstitutionModel, random: Rng): Bases {
  const bases = ancestor.slice();
  const target = poisson(random, length * coiLength);
  const proposal = proposals(model);
  for (let accepted = 0; accepted < target;) {
    const site = random.integer(coiLength);
    const base = propose(proposal, bases[site] as number, random);
    if (base < 0 || random.uniform() >= acceptance(bases, site, base, model.replacement)) continue;
    bases[site] = base;
    accepted++;
  }
  return bases;
}

/** Cumulative chances of A, C, G, T for each old base; what is left to 1 is no mutation at all. Its stationary distribution is the bias. */
function proposals({ bias, transitionBias }: SubstitutionModel): Float64Array {
  const rates = new Float64Array(16);
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) rates[4 * from + to] = (bias[to] as number) * (transition[from] === to ? transitionBias : 1);
    }
  }
  const rows = [0, 1, 2, 3].map((from) => rates.subarray(4 * from, 4 * from + 4).reduce((sum, rate) => sum + rate, 0));
  const fastest = Math.max(...rows);
  for (let from = 0; from < 4; from++) {
    let sum = 0;
    for (let to = 0; to < 4; to++) {
      sum += (rates[4 * from + to] as number) / fastest;
      rates[4 * from + to] = sum;
    }
  }
  return rates;
}

function propose(cumulative: Float64Array, from: number, random: Rng): number {
  const at = random.uniform();
  for (let to = 0; to < 4; to++) if (at < (cumulative[4 * from + to] as number)) return to;
  return -1;
}

/** Probability that selection keeps a mutation. */
function acceptance(bases: Bases, site: number, base: number, replacement: number): number {
  if (site === 0) return 1;
  const codon = Math.floor((site - 1) / 3);
  const start = 1 + 3 * codon;
  const before = 16 * (bases[start] as number) + 4 * (bases[start + 1] as number) + (bases[start + 2] as number);
  const shift = 2 * (2 - (site - start));
  const after = (before & ~(3 << shift)) | (base << shift);
  const aminoAcid = aminoAcidOf[after];
  if (aminoAcid === stop) return 0;
  if (aminoAcid === aminoAcidOf[before]) return 1;
  const tolerance = (coiTolerance.charCodeAt(codon) - 48) / 10;
  return replacement * (tolerance + floorTolerance);
}

/** An index drawn with the given weights. */
export function draw(random: Rng, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let remaining = random.uniform() * total;
  for (const [i, weight] of weights.entries()) {
    remaining -= weight;
    if (remaining < 0) return i;
  }
  return weights.length - 1;
}

/** A Poisson variate (Knuth's product for small means, a rounded normal above 50). */
export function poisson(random: Rng, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
