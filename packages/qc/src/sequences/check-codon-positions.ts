import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { windowWords } from '../library/place-haplotypes.js';
import { count, percent } from '../library/words.js';
import { processIds } from './ids-of.js';
import type { NamedBarcodes } from './named-barcodes.js';
import type { NearestBarcodes } from './nearest-barcodes.js';
import { bitCount, planeLength } from './window-distance.js';

export interface CodonPositionOptions {
  /** Logarithm of how much better a nuclear copy explains the differences than a working gene; default 4. */
  readonly minimum?: number;
}

/** Share of differences between near barcodes of working genes that lie at third codon positions; without selection it is a third. */
const workingShare = 0.87;

/** Window sites that are third codon positions: 0, 3, 6 … `(21)` */
const thirds = /* @__PURE__ */ Uint32Array.from({ length: windowWords }, (_, word) => {
  let mask = 0;
  for (let bit = 0; bit < 32; bit++) if ((word * 32 + bit) % 3 === 0) mask |= 1 << bit;
  return mask;
});

/**
 * Signs of nuclear copies: a barcode that differs from its nearest neighbour as much at first and second codon positions as at third ones. Genes that
 * work change where the protein does not; copies in the nucleus, and misreads, anywhere. Only differences are counted, so it holds without a stop.
 */
export function checkCodonPositions(
  library: Library,
  named: NamedBarcodes,
  nearest: NearestBarcodes,
  options: CodonPositionOptions = {},
): CheckFinding[] {
  const { minimum = 4 } = options;
  return named.all.flatMap((unit, i): CheckFinding[] => {
    const toOwn = nearest.own[i] as number;
    const toOther = nearest.other[i] as number;
    const nearOwn = !(toOwn > toOther);
    const at = (nearOwn ? nearest.ownAt[i] : nearest.otherAt[i]) as number;
    const partner = named.all[at];
    const distance = nearOwn ? toOwn : toOther;
    if (partner === undefined || !(distance > 0.005) || distance > 0.12) return [];
    // The rarer of two barcodes is the suspect.
    if (partner.records.length < unit.records.length) return [];
    const { differing, third } = codonDifferences(library.placements.planes, unit.haplotype, partner.haplotype);
    const support = logLikelihoodRatio(differing, third);
    if (support < minimum) return [];
    return [
      {
        check: 'numt-sign',
        severity: 'warning',
        records: processIds(library, unit.records),
        message: `${count(differing, 'difference')} from the nearest barcode (${partner.species}, ${percent(distance)}), only ${third} of them at third codon positions: looks like a nuclear copy or misreads.`,
        evidence: { differing, third, distance, support, nearest: partner.species, score: Math.min(1, support / 15) },
        action: 're-sequence with other primers; look at the trace',
      },
    ];
  });
}

function logLikelihoodRatio(differing: number, third: number): number {
  return third * Math.log(1 / 3 / workingShare) + (differing - third) * Math.log(2 / 3 / (1 - workingShare));
}

function codonDifferences(planes: Uint32Array, a: number, b: number): { differing: number; third: number } {
  let differing = 0;
  let third = 0;
  for (let word = 0; word < windowWords; word++) {
    const i = a * planeLength + word;
    const j = b * planeLength + word;
    const different =
      (((planes[i] as number) ^ (planes[j] as number)) |
        ((planes[i + windowWords] as number) ^ (planes[j + windowWords] as number))) &
      (planes[i + 2 * windowWords] as number) &
      (planes[j + 2 * windowWords] as number);
    differing += bitCount(different);
    third += bitCount(different & (thirds[word] as number));
  }
  return { differing, third };
}
