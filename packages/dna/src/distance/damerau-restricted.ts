import { BioscanError } from '@bioscan/core';
import { distanceKernel, firstAddress, type DistanceKernel } from './distance-kernel.js';

/** Longest sequence that is compared; tables grow with the square of the length. */
const maxLength = 16_384;
/** Bytes of a column's record in the kernel. */
const recordBytes = 48;

/**
 * Restricted Damerau distance (optimal string alignment): insertions, deletions, substitutions and swaps of neighbours, no part edited twice.
 * Exact for any letters, which are compared as they stand: `a` is not `A`, N is not a wildcard. Not a metric: the triangle inequality can fail.
 * Bit-parallel in WebAssembly SIMD, O(m n / 64); up to 16,384 letters and 255 different ones, else `unsupported`. Source: Hyyrö 2003.
 */
export function damerauRestricted(a: string, b: string): number {
  return damerauRestrictedToAll(a, [b])[0] as number;
}

/**
 * {@link damerauRestricted} of one sequence to each of many, two at a time: about twice as fast as one by one.
 * @returns one distance for each of `others`, in their order
 */
export function damerauRestrictedToAll(one: string, others: readonly string[]): Uint32Array {
  checkLength(one);
  for (const other of others) checkLength(other);
  const distances = new Uint32Array(others.length);
  if (one.length === 0 || others.length === 0) {
    others.forEach((other, i) => (distances[i] = other.length));
    return distances;
  }
  const columns = others.reduce((longest, other) => Math.max(longest, other.length), 0);
  const pattern = new Pattern(distanceKernel(), one, columns);
  for (let i = 0; i < others.length; i += 2) {
    const first = others[i] as string;
    const second = others[i + 1] ?? first;
    const [left, right] = pattern.distances(first, second);
    distances[i] = left;
    if (i + 1 < others.length) distances[i + 1] = right;
  }
  return distances;
}

function checkLength(sequence: string): void {
  if (sequence.length <= maxLength) return;
  throw new BioscanError(
    'unsupported',
    `dna: edit distance of a sequence, got ${sequence.length} letters, expected at most ${maxLength}; cut it to the barcode region`,
    { length: sequence.length },
  );
}

/** The match masks of one sequence in the kernel's memory: word by word, one 64-bit mask a letter. */
class Pattern {
  readonly #kernel: DistanceKernel;
  readonly #length: number;
  readonly #words: number;
  readonly #codes: Uint8Array;
  readonly #letters: number;
  readonly #first: number;
  readonly #second: number;
  readonly #records: number;
  #memory: Uint8Array;

  constructor(kernel: DistanceKernel, sequence: string, columns: number) {
    this.#kernel = kernel;
    this.#length = sequence.length;
    this.#words = Math.ceil(sequence.length / 64);
    const { codes, letters } = letterCodes(sequence);
    this.#codes = codes;
    this.#letters = letters;
    const width = Math.ceil(columns / 16) * 16;
    this.#first = firstAddress + Math.ceil((this.#words * letters) / 2) * 16;
    this.#second = this.#first + width;
    this.#records = this.#second + width;
    const buffer = kernel.reserve(this.#records + columns * recordBytes);
    this.#memory = new Uint8Array(buffer);
    this.#writeMasks(new Uint32Array(buffer, firstAddress, this.#words * letters * 2), sequence);
  }

  distances(first: string, second: string): [number, number] {
    const { call } = this.#kernel;
    const columns = Math.max(first.length, second.length);
    this.#writeText(this.#first, first, columns);
    this.#writeText(this.#second, second, columns);
    call.startRecords(this.#records, columns);
    for (let word = 0; word < this.#words; word++) {
      const masks = firstAddress + word * this.#letters * 8;
      const top = word === this.#words - 1 ? (this.#length - 1) & 63 : 63;
      call.advanceWord(masks, this.#first, this.#second, columns, this.#records, top);
    }
    return [
      this.#length + call.sumRecords(this.#records, first.length, 0),
      this.#length + call.sumRecords(this.#records, second.length, 1),
    ];
  }

  #writeMasks(masks: Uint32Array, sequence: string): void {
    masks.fill(0);
    for (let i = 0; i < sequence.length; i++) {
      const code = this.#codes[sequence.charCodeAt(i)] as number;
      const at = (((i >> 6) * this.#letters + code) << 1) | ((i >> 5) & 1);
      masks[at] = (masks[at] as number) | (1 << (i & 31));
    }
  }

  /** Letters that the pattern lacks, and the padding of the shorter text, are code 0: they match nothing. */
  #writeText(address: number, text: string, columns: number): void {
    const { length } = text;
    for (let j = 0; j < length; j++) this.#memory[address + j] = this.#codes[text.charCodeAt(j)] as number;
    this.#memory.fill(0, address + length, address + columns);
  }
}

const tables = /* @__PURE__ */ new Uint8Array(65_536);
let tableOwner = '';

/** Codes 1, 2, … in order of first appearance for the letters of a sequence, 0 for all others. The table is shared and reused. */
function letterCodes(sequence: string): { codes: Uint8Array; letters: number } {
  for (let i = 0; i < tableOwner.length; i++) tables[tableOwner.charCodeAt(i)] = 0;
  tableOwner = sequence;
  let letters = 1;
  for (let i = 0; i < sequence.length; i++) {
    const unit = sequence.charCodeAt(i);
    if (tables[unit] !== 0) continue;
    if (letters > 255) {
      throw new BioscanError(
        'unsupported',
        'dna: edit distance of a sequence, got more than 255 different letters; clean it first',
      );
    }
    tables[unit] = letters++;
  }
  return { codes: tables, letters };
}
