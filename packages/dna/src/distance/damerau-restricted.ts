import { BioscanError } from '@bioscan/core';
import { distanceKernel, firstAddress, type DistanceKernel } from './distance-kernel.js';
import { letterCodes, type LetterCodes } from './letter-codes.js';

/** Longest sequence that is compared; tables grow with the square of the length. */
const maxLength = 16_384;
/** Bytes of a column's record in the kernel. */
const recordBytes = 48;

/**
 * Restricted Damerau distance (optimal string alignment): insertions, deletions, substitutions and swaps of neighbours, no part edited twice.
 * Exact for any letters, which are compared as they stand: `a` is not `A`, N is not a wildcard. Not a metric: the triangle inequality can fail.
 * Bit-parallel in WebAssembly SIMD, at most O(m n / 64) and less the nearer the two are; up to 16,384 letters and 255 different ones, else
 * `unsupported`. Source: Hyyrö 2003, Ukkonen 1985.
 */
export function damerauRestricted(a: string, b: string): number {
  return damerauRestrictedToAll(a, [b])[0] as number;
}

/**
 * {@link damerauRestricted} of one sequence to each of many, two at a time: about twice as fast as one by one.
 * @returns one distance for each of `others`, in their order
 */
export function damerauRestrictedToAll(one: string, others: readonly string[]): Uint32Array {
  const longest = longestOf([one, ...others]);
  const codes = letterCodes([one]);
  const room = new Room(one.length, longest, 2 * roundUp(longest), codes.count);
  room.write(room.pattern, one, codes);
  room.writeMasks(one, codes);
  const distances = new Uint32Array(others.length);
  for (let i = 0; i < others.length; i += 2) {
    const first = others[i] as string;
    const second = others[i + 1] ?? first;
    room.write(room.texts, first, codes);
    room.write(room.texts + roundUp(longest), second, codes);
    const both = room.compare(one, room.pattern, room.texts, first, room.texts + roundUp(longest), second);
    distances[i] = both & 0xffff;
    if (i + 1 < others.length) distances[i + 1] = both >>> 16;
  }
  return distances;
}

export interface SequenceRows {
  /** First sequence that is compared with all after it; default 0. */
  readonly from?: number;
  /** One past the last; default all. */
  readonly to?: number;
}

/**
 * {@link damerauRestricted} of every pair of sequences, the fastest way to many. Cut the work into ranges of rows for threads and resuming.
 * Letters count over all sequences here: up to 255 different ones.
 * @returns row by row: sequence `from` to each later one, then `from + 1` to each later one, … up to `to` (SciPy's condensed order)
 */
export function damerauRestrictedPairs(sequences: readonly string[], rows: SequenceRows = {}): Uint16Array {
  const { from = 0, to = sequences.length } = rows;
  const n = sequences.length;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > n) {
    throw new RangeError(`dna: rows ${from} to ${to} of ${n} sequences`);
  }
  const longest = longestOf(sequences);
  const width = roundUp(longest);
  const codes = letterCodes(sequences.slice(from));
  const room = new Room(longest, longest, (n - from) * width, codes.count);
  const address = (i: number): number => room.texts + (i - from) * width;
  for (let i = from; i < n; i++) room.write(address(i), sequences[i] as string, codes);
  const distances = new Uint16Array(((to - from) * (2 * n - from - to - 1)) / 2);
  let at = 0;
  for (let i = from; i < to; i++) {
    const one = sequences[i] as string;
    room.writeMasks(one, codes);
    for (let j = i + 1; j < n; j += 2) {
      const second = Math.min(j + 1, n - 1);
      const [a, b] = [sequences[j] as string, sequences[second] as string];
      const both = room.compare(one, address(i), address(j), a, address(second), b);
      distances[at++] = both & 0xffff;
      if (second > j) distances[at++] = both >>> 16;
    }
  }
  return distances;
}

function longestOf(sequences: readonly string[]): number {
  const longest = sequences.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest <= maxLength) return longest;
  throw new BioscanError(
    'unsupported',
    `dna: edit distance of a sequence, got ${longest} letters, expected at most ${maxLength}; cut it to the barcode region`,
    { length: longest },
  );
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** The kernel's memory for one call: masks of the pattern (word by word, one 64-bit mask a letter), its letters, texts, records. */
class Room {
  readonly pattern: number;
  readonly texts: number;
  readonly #records: number;
  readonly #kernel: DistanceKernel;
  readonly #letters: number;
  readonly #memory: Uint8Array;
  readonly #words: Uint32Array;

  constructor(patternLength: number, longest: number, textBytes: number, letters: number) {
    this.#kernel = distanceKernel();
    this.#letters = letters;
    this.pattern = firstAddress + roundUp(Math.ceil(patternLength / 64) * letters * 8);
    this.texts = this.pattern + roundUp(patternLength);
    this.#records = this.texts + textBytes;
    const buffer = this.#kernel.reserve(this.#records + longest * recordBytes);
    this.#memory = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  write(address: number, text: string, { table }: LetterCodes): void {
    const memory = this.#memory;
    for (let j = 0; j < text.length; j++) memory[address + j] = table[text.charCodeAt(j)] as number;
  }

  writeMasks(sequence: string, { table }: LetterCodes): void {
    const words = this.#words;
    const start = firstAddress >> 2;
    words.fill(0, start, start + Math.ceil(sequence.length / 64) * this.#letters * 2);
    for (let i = 0; i < sequence.length; i++) {
      const code = table[sequence.charCodeAt(i)] as number;
      const at = start + ((((i >> 6) * this.#letters + code) << 1) | ((i >> 5) & 1));
      words[at] = (words[at] as number) | (1 << (i & 31));
    }
  }

  /** Two distances in the low and high 16 bits. Letters beyond the end of the shorter text are read, whatever they are, and do not count. */
  compare(one: string, pattern: number, first: number, a: string, second: number, b: string): number {
    const { call } = this.#kernel;
    return call.compareTwo(
      pattern, one.length, firstAddress, this.#letters, first, a.length, second, b.length, this.#records,
    ); // prettier-ignore
  }
}
