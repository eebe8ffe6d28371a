import { gapCost, isOneBase } from './overlap-scoring.js';
import { fillOverlapTable, type OverlapTable } from './overlap-table.js';
import { findSeeds } from './seeds.js';

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

type Counts = { -readonly [Key in keyof OverlapAlignment]: number };

/**
 * Aligns two sequences of base masks, end gaps free, by the scoring of `semiGlobalDistance`. Exact.
 * The arguments are put in order first, so that (a, b) and (b, a) agree where several alignments are best.
 */
export function alignOverlap(a: Uint8Array, b: Uint8Array): OverlapAlignment {
  if (inOrder(a, b)) return alignOrdered(a, b);
  const { startA, endA, startB, endB, ...rest } = alignOrdered(b, a);
  return { ...rest, startA: startB, endA: endB, startB: startA, endB: endA };
}

/** Shorter first, then by letters. */
function inOrder(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number);
  }
  return true;
}

function alignOrdered(a: Uint8Array, b: Uint8Array): OverlapAlignment {
  const seeds = findSeeds(a, b);
  const counts = ungapped(a, b, seeds.diagonal);
  // All of the shorter sequence matches: nothing scores higher.
  if (counts.score === a.length) return counts;
  const excused = ambiguities(a) + ambiguities(b);
  return traceBack(a, b, fillOverlapTable(a, b, { seeds, reached: Math.max(counts.score, 1), excused }));
}

/** Everything on one diagonal: the best overlap of most pairs, and a score to start from for the others. */
function ungapped(a: Uint8Array, b: Uint8Array, diagonal: number): Counts {
  const startA = Math.max(0, -diagonal);
  const endA = Math.max(startA, Math.min(a.length, b.length - diagonal));
  const counts = emptyCounts(startA, endA, startA + diagonal, endA + diagonal);
  for (let i = startA; i < endA; i++) countSite(counts, a[i] as number, b[i + diagonal] as number);
  return scored(counts);
}

function ambiguities(masks: Uint8Array): number {
  let count = 0;
  for (const mask of masks) if (!isOneBase(mask)) count++;
  return count;
}

function traceBack(a: Uint8Array, b: Uint8Array, table: OverlapTable): OverlapAlignment {
  let i = table.endA;
  let j = table.endB;
  const counts = emptyCounts(i, i, j, j);
  while (i > 0 && j > 0) {
    const move = table.move(i, j);
    if (move === 0) countSite(counts, a[--i] as number, b[--j] as number);
    else {
      counts.gaps++;
      if (move === 1) i--;
      else j--;
    }
  }
  counts.startA = i;
  counts.startB = j;
  return scored(counts);
}

function emptyCounts(startA: number, endA: number, startB: number, endB: number): Counts {
  const zero = { score: 0, identical: 0, transitions: 0, transversions: 0, ambiguousDifferences: 0, compatible: 0 };
  return { ...zero, gaps: 0, startA, endA, startB, endB };
}

/** Masks of one base each differ by a transition when together they are A and G (5) or C and T (10). */
function countSite(counts: Counts, x: number, y: number): void {
  const unambiguous = isOneBase(x) && isOneBase(y);
  if ((x & y) !== 0) {
    if (unambiguous) counts.identical++;
    else counts.compatible++;
  } else if (!unambiguous) counts.ambiguousDifferences++;
  else if ((x | y) === 5 || (x | y) === 10) counts.transitions++;
  else counts.transversions++;
}

function scored(counts: Counts): Counts {
  const differences = counts.transitions + counts.transversions + counts.ambiguousDifferences;
  counts.score = counts.identical - differences - gapCost * counts.gaps;
  return counts;
}
