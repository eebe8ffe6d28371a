import { gapCost, siteScores, unit } from './overlap-scoring.js';
import type { Seeds } from './seeds.js';

/** What lets the table be left mostly empty. */
export interface Bound {
  readonly seeds: Seeds;
  /** A score that some alignment has: paths that cannot reach it are dropped. */
  readonly reached: number;
  /** Ambiguous letters in both sequences: each may stand in a lost seed at the loss of 1 point instead of 2. */
  readonly excused: number;
}

/** Where the best path ends, and its moves back: 0 both, 1 a letter of a alone, 2 a letter of b alone. */
export interface OverlapTable {
  readonly endA: number;
  readonly endB: number;
  move(i: number, j: number): number;
}

/** Among equal scores: fewest gaps, then fewest differences; the sum stays below one unit up to 4,096 letters. */
const gapStep = gapCost * unit + 128;
/** No path that starts here can catch up with one that counts, up to 4,096 letters. */
const unreachable = -(2 ** 30);

let row = new Int32Array(1024);
let rowStart = new Int32Array(1024);
let moves = new Uint8Array(65_536);

/**
 * Needleman-Wunsch with free end gaps, row by row between the outermost cells from which `reached` can still be reached.
 * Exact for the same reason as A*: {@link pointsLeft} never says too little. One row is kept, and a byte a cell for the way back.
 */
export function fillOverlapTable(a: Uint8Array, b: Uint8Array, bound: Bound): OverlapTable {
  const n = a.length;
  const m = b.length;
  const matters = (score: number, i: number, j: number): boolean =>
    score > (bound.reached - pointsLeft(i, j - i, n, m, bound) - 1) * unit;
  reserveRows(n, m);
  // Columns first..last of the row above matter; all others hold `unreachable`.
  let first = 0;
  let last = m;
  while (last > 0 && !matters(0, 0, last)) last--;
  row.fill(0, 0, last + 1);
  row.fill(unreachable, last + 1, m + 1);
  let size = 0;
  let best = { score: 0, endA: 0, endB: 0 };
  for (let i = 1; i <= n; i++) {
    const open = matters(0, i, 0);
    const start = open ? 1 : Math.max(1, first);
    reserveMoves(size, size + m + 1);
    rowStart[i] = size - start;
    const to = fillRow({ i, start, above: Math.min(m, last + 1), open }, a[i - 1] as number, b, matters);
    size += Math.max(0, to - start + 1);
    best = bestEnd(best, i, n, m, start, to);
    first = open ? 0 : start;
    last = Math.max(to, open ? 0 : to);
    while (last >= first && !matters(row[last] as number, i, last)) row[last--] = unreachable;
    while (first <= last && !matters(row[first] as number, i, first)) row[first++] = unreachable;
  }
  return { endA: best.endA, endB: best.endB, move: (i, j) => moves[(rowStart[i] as number) + j] as number };
}

/**
 * Most points that a path can still make from row i on a diagonal: the sites left there, less 2 for each disjoint 8-mer of a in those rows that
 * occurs nowhere in b: it holds a difference (-2), a gap (-4) or an ambiguity (-1). Leaving the diagonal costs 4 a step and wins less.
 */
function pointsLeft(i: number, diagonal: number, n: number, m: number, { seeds, excused }: Bound): number {
  const end = Math.min(n, m - diagonal);
  const lost = Math.max(0, (seeds.lostEnding[end] as number) - (seeds.lostStarting[i] as number));
  return end - i - 2 * lost + Math.min(lost, excused);
}

interface RowRange {
  readonly i: number;
  readonly start: number;
  /** Last column that the row above can reach. */
  readonly above: number;
  /** Whether a path may start at column 0 of this row. */
  readonly open: boolean;
}

/** Fills columns `start` to the returned one; beyond `above` only while a run of gaps still matters. */
function fillRow(
  { i, start, above, open }: RowRange,
  letter: number,
  b: Uint8Array,
  matters: (score: number, i: number, j: number) => boolean,
): number {
  // Local names: in the loop a module's variable would be looked up again for each cell.
  const scores = row;
  const back = moves;
  const points = siteScores;
  const step = gapStep;
  const site = letter << 4;
  const cells = rowStart[i] as number;
  let diagonal = scores[start - 1] as number;
  let left = open ? 0 : unreachable;
  scores[start - 1] = left;
  let j = start;
  for (; j <= above; j++) {
    const up = scores[j] as number;
    let score = diagonal + (points[site | (b[j - 1] as number)] as number);
    let move = 0;
    if (up - step > score) {
      score = up - step;
      move = 1;
    }
    if (left - step > score) {
      score = left - step;
      move = 2;
    }
    scores[j] = score;
    back[cells + j] = move;
    left = score;
    diagonal = up;
  }
  for (; j <= b.length && matters(left - step, i, j); j++) {
    left -= step;
    scores[j] = left;
    back[cells + j] = 2;
  }
  return j - 1;
}

interface Best {
  readonly score: number;
  readonly endA: number;
  readonly endB: number;
}

/** Paths end in the last column of any row, or anywhere in the last row; of equal ends the first stays. */
function bestEnd(best: Best, i: number, n: number, m: number, start: number, to: number): Best {
  let found = best;
  for (let j = i === n ? start : Math.max(start, m); j <= to; j++) {
    const score = row[j] as number;
    if (score > found.score) found = { score, endA: i, endB: j };
  }
  return found;
}

function reserveRows(n: number, m: number): void {
  if (row.length < m + 1) row = new Int32Array(2 * m + 2);
  if (rowStart.length < n + 1) rowStart = new Int32Array(2 * n + 2);
}

function reserveMoves(used: number, needed: number): void {
  if (moves.length >= needed) return;
  const larger = new Uint8Array(needed * 2);
  larger.set(moves.subarray(0, used));
  moves = larger;
}
