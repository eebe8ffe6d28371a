/** Letters of a seed: 4^8 table entries stay in the cache, and chance matches between two barcodes stay near 1 %. */
export const seedLength = 8;
const seedCount = 4 ** seedLength;

/** Base-4 digit of a mask that names one base, else 4. */
const digits = /* @__PURE__ */ Uint8Array.from({ length: 16 }, (_, mask) => [4, 0, 1, 4, 2, 4, 4, 4, 3][mask] ?? 4);

/** What exact 8-mers say about two sequences. */
export interface Seeds {
  /** Position in b minus position in a on which most 8-mers meet; 0 when none is shared. */
  readonly diagonal: number;
  /** Shared 8-mers, pairs of positions, on all other diagonals. */
  readonly astray: number;
  /** How many of a largest set of disjoint 8-mers of a that occur nowhere in b end at or before each position. `(a.length + 1)` */
  readonly lostEnding: Int32Array;
  /** How many of them start before each position. `(a.length + 1)` */
  readonly lostStarting: Int32Array;
}

let heads = new Int32Array(0);
let links = new Int32Array(1024);
let votes = new Int32Array(4096);
let seedsA = new Int32Array(1024);
let seedsB = new Int32Array(1024);
let indexed: Uint8Array | undefined;

/**
 * Looks up the 8-mers of a in b. About linear. The arrays are the caller's. The index of b stays: comparing many with the same b costs less,
 * and its masks must not be changed in between.
 */
export function findSeeds(a: Uint8Array, b: Uint8Array): Seeds {
  reserve(a.length, b.length);
  packSeeds(a, seedsA);
  if (b !== indexed) index(b);
  const diagonal = vote(a.length, b.length);
  return { ...diagonal, ...lostSeeds(a.length) };
}

function index(b: Uint8Array): void {
  const before = indexed?.length ?? 0;
  for (let j = 0; j < before; j++) {
    const seed = seedsB[j] as number;
    if (seed >= 0) heads[seed] = -1;
  }
  if (seedsB.length < b.length) seedsB = new Int32Array(b.length * 2);
  packSeeds(b, seedsB);
  for (let j = b.length - 1; j >= 0; j--) {
    const seed = seedsB[j] as number;
    if (seed < 0) continue;
    links[j] = heads[seed] as number;
    heads[seed] = j;
  }
  indexed = b;
}

function reserve(n: number, m: number): void {
  if (heads.length === 0) heads = new Int32Array(seedCount).fill(-1);
  if (links.length < m) links = new Int32Array(m * 2);
  if (seedsA.length < n) seedsA = new Int32Array(n * 2);
  if (votes.length < n + m) votes = new Int32Array((n + m) * 2);
}

/** The 8-mer that starts at each position, -1 where it is cut off or holds an ambiguity code. */
function packSeeds(masks: Uint8Array, seeds: Int32Array): void {
  let seed = 0;
  let run = 0;
  seeds.fill(-1, 0, masks.length);
  for (let i = 0; i < masks.length; i++) {
    const digit = digits[masks[i] as number] as number;
    run = digit === 4 ? 0 : run + 1;
    seed = ((seed << 2) | (digit & 3)) & (seedCount - 1);
    if (run >= seedLength) seeds[i - seedLength + 1] = seed;
  }
}

function vote(n: number, m: number): Pick<Seeds, 'diagonal' | 'astray'> {
  votes.fill(0, 0, n + m);
  let best = n;
  let bestVotes = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    const seed = seedsA[i] as number;
    if (seed < 0) continue;
    for (let j = heads[seed] as number; j !== -1; j = links[j] as number) {
      const count = (votes[j - i + n] as number) + 1;
      votes[j - i + n] = count;
      all++;
      if (count > bestVotes) {
        bestVotes = count;
        best = j - i + n;
      }
    }
  }
  return { diagonal: best - n, astray: all - bestVotes };
}

/** First come, first served: most disjoint lost 8-mers that there are, so that two differences next to each other count as two. */
function lostSeeds(n: number): Pick<Seeds, 'lostEnding' | 'lostStarting'> {
  const lostEnding = new Int32Array(n + 1);
  const lostStarting = new Int32Array(n + 1);
  let lost = 0;
  let ended = 0;
  for (let start = 0, free = 0; start < n; start++) {
    if (start === free) ended = lost;
    lostEnding[start] = ended;
    lostStarting[start] = lost;
    if (start < free || start + seedLength > n) continue;
    const seed = seedsA[start] as number;
    if (seed >= 0 && heads[seed] !== -1) continue;
    lost++;
    free = start + seedLength;
  }
  lostEnding[n] = lost;
  lostStarting[n] = lost;
  return { lostEnding, lostStarting };
}
