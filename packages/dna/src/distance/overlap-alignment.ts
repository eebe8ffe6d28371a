import { gapCost, kinds, siteKinds } from './overlap-scoring.js';
import { fillOverlapTable, type OverlapTable } from './overlap-table.js';
import { findSeeds, seedLength, type Seeds } from './seeds.js';

/** What stands opposite what in the best overlap; `start` and `end` (exclusive) are positions in each sequence. */
export interface OverlapAlignment {
  readonly score: number;
  readonly startA: number;
  readonly endA: number;
  readonly startB: number;
  readonly endB: number;
  /** Sites where both name the same one base. */
  readonly identical: number;
  readonly transitions: number;
  readonly transversions: number;
  /** Sites that cannot be the same base although one of them is an ambiguity code, such as R and T. */
  readonly ambiguousDifferences: number;
  /** Sites that may be the same base, one of them an ambiguity code. */
  readonly compatible: number;
  readonly gaps: number;
}

/**
 * Aligns two sequences of base masks, end gaps free, by the scoring of `semiGlobalDistance`. Exact.
 * The arguments are put in order first, so that (a, b) and (b, a) agree where several alignments are best.
 */
export function alignOverlap(a: Uint8Array, b: Uint8Array): OverlapAlignment {
  if (inOrder(a, b)) return alignOrdered(a, b);
  const { startA, endA, startB, endB, ...rest } = alignOrdered(b, a);
  return { ...rest, startA: startB, endA: endB, startB: startA, endB: endA };
}

/** For each letter of a the position of its partner in b, -1 for none: the alignment that {@link alignOverlap} counts. */
export function overlapSites(a: Uint8Array, b: Uint8Array): Int32Array {
  const partners = new Int32Array(a.length).fill(-1);
  if (inOrder(a, b)) alignOrdered(a, b, (i, j) => (partners[i] = j));
  else alignOrdered(b, a, (j, i) => (partners[i] = j));
  return partners;
}

/** Told of each pair of sites that stand opposite each other. */
type OnPair = (i: number, j: number) => void;

/** Shorter first, then by letters. */
function inOrder(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number);
  }
  return true;
}

function alignOrdered(a: Uint8Array, b: Uint8Array, onPair?: OnPair): OverlapAlignment {
  const seeds = findSeeds(a, b);
  const straight = ungapped(a, b, seeds.diagonal);
  const excused = ambiguities(a) + ambiguities(b);
  // Where all of the shorter sequence matches, nothing scores higher.
  if (straight.score === a.length || cannotBeBeaten(straight, a.length, b.length, seeds, excused)) {
    for (let i = straight.startA; i < straight.endA; i++) onPair?.(i, i + seeds.diagonal);
    return straight;
  }
  return traceBack(a, b, fillOverlapTable(a, b, { seeds, reached: Math.max(straight.score, 1), excused }), onPair);
}

/**
 * Whether no other overlap scores higher, and none equals it without a gap. One that touches the diagonal and has g gaps has no more sites than it,
 * loses 4 g, and each lost seed costs it 2 (1 where excused) unless a gap or a cut end stands in it, which saves at most 2 for each gap, and 1
 * more for each letter cut off an end, of which every one takes a gap: so at most sites - loss - g. One that never touches the diagonal
 * has at most `astray` of its 8-mers unhurt, and an error hurts at most 8 of them.
 */
function cannotBeBeaten(straight: OverlapAlignment, n: number, m: number, seeds: Seeds, excused: number): boolean {
  const { score, startA, endA } = straight;
  const lost = (seeds.lostEnding[endA] as number) - (seeds.lostStarting[startA] as number);
  const touching = endA - startA - loss(Math.max(0, lost), excused) - 1;
  const sites = Math.min(n, m);
  const errors = Math.max(0, Math.ceil((sites - seedLength + 1 - seeds.astray) / seedLength));
  return score > 0 && score >= touching && score > sites - loss(errors, excused);
}

/** Points lost at places that are not identical: 2 each, 1 where an ambiguous letter may stand. */
function loss(places: number, excused: number): number {
  return 2 * places - Math.min(places, excused);
}

/** Everything on one diagonal: the best overlap of most pairs, and a score to start from for the others. */
function ungapped(a: Uint8Array, b: Uint8Array, diagonal: number): OverlapAlignment {
  const startA = Math.max(0, -diagonal);
  const endA = Math.max(startA, Math.min(a.length, b.length - diagonal));
  const sites = new Int32Array(kinds.length);
  const kindOf = siteKinds;
  for (let i = startA; i < endA; i++) {
    const kind = kindOf[((a[i] as number) << 4) | (b[i + diagonal] as number)] as number;
    sites[kind] = (sites[kind] as number) + 1;
  }
  return alignment(sites, 0, { startA, endA, startB: startA + diagonal, endB: endA + diagonal });
}

function ambiguities(masks: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < masks.length; i++) {
    const mask = masks[i] as number;
    if ((mask & (mask - 1)) !== 0) count++;
  }
  return count;
}

function traceBack(
  a: Uint8Array,
  b: Uint8Array,
  { endA, endB, moves, rowStart }: OverlapTable,
  onPair?: OnPair,
): OverlapAlignment {
  const sites = new Int32Array(kinds.length);
  const kindOf = siteKinds;
  let gaps = 0;
  let i = endA;
  let j = endB;
  while (i > 0 && j > 0) {
    const move = moves[(rowStart[i] as number) + j] as number;
    if (move !== 2) i--;
    if (move !== 1) j--;
    if (move !== 0) gaps++;
    else {
      const kind = kindOf[((a[i] as number) << 4) | (b[j] as number)] as number;
      sites[kind] = (sites[kind] as number) + 1;
      onPair?.(i, j);
    }
  }
  return alignment(sites, gaps, { startA: i, endA, startB: j, endB });
}

function alignment(
  sites: Int32Array,
  gaps: number,
  where: Pick<OverlapAlignment, 'startA' | 'endA' | 'startB' | 'endB'>,
): OverlapAlignment {
  const [identical = 0, compatible = 0, ambiguousDifferences = 0, transitions = 0, transversions = 0] = sites;
  const score = identical - ambiguousDifferences - transitions - transversions - gapCost * gaps;
  return { score, identical, compatible, ambiguousDifferences, transitions, transversions, gaps, ...where };
}
