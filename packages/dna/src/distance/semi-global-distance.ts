import { BioscanError } from '@bioscan/core';
import { baseCodes, type BaseCodes } from './base-codes.js';
import { kimuraDistance, type KimuraDistance } from './kimura.js';
import { alignOverlap, type OverlapAlignment } from './overlap-alignment.js';
import { maxLength } from './overlap-scoring.js';

export interface SemiGlobalOptions {
  /** Fewest sites to call a distance; default 300. */
  readonly minimumOverlap?: number;
}

/** The overlap of two barcodes, counted. */
export interface BarcodeOverlap {
  /** Compared sites: both sequences have a letter, and it is no compatible ambiguity. `minimumOverlap` counts these. */
  readonly sites: number;
  /** Differing sites and letters opposite a gap. */
  readonly edits: number;
  readonly gaps: number;
  readonly transitions: number;
  readonly transversions: number;
  /** Sites left out because an ambiguity code there fits the other letter. */
  readonly ambiguous: number;
  /** Identical sites - differing sites - 4 x gaps: what was maximised. */
  readonly score: number;
  /** The aligned part of each sequence, end exclusive; gaps and white space of the input do not count. */
  readonly startA: number;
  readonly endA: number;
  readonly startB: number;
  readonly endB: number;
}

/** Distances of two barcodes, where they overlap enough to have any. */
export type BarcodeComparison =
  | (BarcodeOverlap & {
      readonly comparable: true;
      /** Differing sites / sites; gaps are no sites. */
      readonly pDistance: number;
      /** 1 - edits / (sites + gaps). */
      readonly identity: number;
      /** Over unambiguous, ungapped sites; undefined where saturated. */
      readonly k2p: number | undefined;
      readonly saturated: boolean;
    })
  | (BarcodeOverlap & { readonly comparable: false; readonly reason: 'no-overlap' | 'short-overlap' });

/**
 * Compares two barcodes over the overlap of highest score: identical site +1, differing site -1, letter opposite a gap -4, end gaps free.
 * IUPAC: letters that share a base are compatible, score 0 and are no sites; letters that share none (R and T) differ.
 * Ties: fewest gaps, then fewest differences. Symmetric. Exact; cost grows with divergence, from microseconds to one full table.
 * Gaps cost 4 because at unit costs spurious gap pairs absorb differences: see the package README for the figures.
 * A positive score means that fewer than half of the sites differ, so K2P does not saturate on such an overlap; `kimuraDistance` alone can.
 * @throws BioscanError `unsupported` beyond 4,096 letters
 */
export function semiGlobalDistance(
  a: string | BaseCodes,
  b: string | BaseCodes,
  options: SemiGlobalOptions = {},
): BarcodeComparison {
  const { minimumOverlap = 300 } = options;
  if (!(minimumOverlap >= 0)) throw new RangeError(`dna: minimumOverlap must be 0 or more, got ${minimumOverlap}`);
  const alignment = alignOverlap(masksOf(a), masksOf(b));
  const overlap = overlapOf(alignment);
  const { sites, edits, gaps } = overlap;
  if (sites === 0) return { ...overlap, comparable: false, reason: 'no-overlap' };
  if (sites < minimumOverlap) return { ...overlap, comparable: false, reason: 'short-overlap' };
  return {
    ...overlap,
    comparable: true,
    pDistance: (edits - gaps) / sites,
    identity: 1 - edits / (sites + gaps),
    ...kimuraOf(alignment),
  };
}

function masksOf(sequence: string | BaseCodes): Uint8Array {
  const { masks } = typeof sequence === 'string' ? baseCodes(sequence) : sequence;
  if (masks.length <= maxLength) return masks;
  throw new BioscanError(
    'unsupported',
    `dna: semi-global distance of a sequence, got ${masks.length} letters, expected at most ${maxLength}; cut it to the barcode region`,
    { length: masks.length },
  );
}

function overlapOf(alignment: OverlapAlignment): BarcodeOverlap {
  const { identical, transitions, transversions, ambiguousDifferences, compatible, gaps } = alignment;
  const differing = transitions + transversions + ambiguousDifferences;
  return {
    sites: identical + differing,
    edits: differing + gaps,
    gaps,
    transitions,
    transversions,
    ambiguous: compatible,
    score: alignment.score,
    startA: alignment.startA,
    endA: alignment.endA,
    startB: alignment.startB,
    endB: alignment.endB,
  };
}

function kimuraOf({ identical, transitions, transversions }: OverlapAlignment): KimuraDistance {
  return kimuraDistance(transitions, transversions, identical + transitions + transversions);
}
