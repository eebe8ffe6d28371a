import { distanceKernel, firstAddress } from './distance-kernel.js';
import { siteScores } from './overlap-scoring.js';
import type { Seeds } from './seeds.js';

/** What lets the table be left mostly empty. */
export interface Bound {
  readonly seeds: Seeds;
  /** A score that some alignment has: paths that cannot reach it are dropped. */
  readonly reached: number;
  /** Ambiguous letters in both sequences: each may stand in a lost seed at the loss of 1 point instead of 2. */
  readonly excused: number;
}

/** Where the best path ends, and the way back. Views of the kernel's memory: valid until the next table. */
export interface OverlapTable {
  readonly endA: number;
  readonly endB: number;
  /** At `rowStart[i] + j`: 0 a letter of each, 1 a letter of a alone, 2 a letter of b alone. */
  readonly moves: Uint8Array;
  readonly rowStart: Int32Array;
}

/**
 * Needleman-Wunsch with free end gaps, row by row between the outermost cells from which `reached` can still be reached.
 * From row i on a diagonal a path makes at most a point for each site left there, less 2 for each disjoint 8-mer of a in those rows that occurs
 * nowhere in b: it holds a difference (-2), a gap (-4) or an ambiguity (-1). Leaving the diagonal costs 4 a step and wins less than that,
 * so the bound never says too little, and the result is exact for the same reason as A*.
 */
export function fillOverlapTable(a: Uint8Array, b: Uint8Array, { seeds, reached, excused }: Bound): OverlapTable {
  const n = a.length;
  const m = b.length;
  const { call, reserve } = distanceKernel();
  // Words first, so that they are aligned; the moves last, because they need most.
  const addresses = layOut([10, 256, m + 1, n + 1, n + 1, n + 1, 2, Math.ceil(n / 4), Math.ceil(m / 4)]);
  const [table, points, row, rowStart, ending, starting, result, first, second, moves] = addresses;
  const buffer = reserve(moves + n * (m + 1));
  const bytes = new Uint8Array(buffer);
  const words = new Int32Array(buffer);
  words.set([first, second, points, row, rowStart, ending, starting, result, moves], table >> 2);
  words.set(siteScores, points >> 2);
  words.set(seeds.lostEnding, ending >> 2);
  words.set(seeds.lostStarting, starting >> 2);
  bytes.set(a, first);
  bytes.set(b, second);
  call.fillTable(table, n, m, reached, excused);
  return {
    endA: words[result >> 2] as number,
    endB: words[(result >> 2) + 1] as number,
    moves: bytes.subarray(moves),
    rowStart: words.subarray(rowStart >> 2, (rowStart >> 2) + n + 1),
  };
}

type Addresses = [number, number, number, number, number, number, number, number, number, number];

/** Addresses of arrays of so many words each, one after the other; the last is where they end. */
function layOut(sizes: readonly number[]): Addresses {
  let next = firstAddress;
  const addresses = [next];
  for (const size of sizes) addresses.push((next += size * 4));
  return addresses as Addresses;
}
