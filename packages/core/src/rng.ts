/**
 * Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): four random words for a counter and a key.
 * Counter-based: word n of a stream is had without making the n-1 before it.
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Upper 32 bits of the unsigned 64-bit product; every partial product stays below 2^53. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** A stream of random numbers. Randomness is always an argument: the same seed gives the same numbers on every machine. */
export interface Rng {
  /** A stream of its own for a purpose: independent of this one and of how much of it was used. */
  split(label: string | number): Rng;
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), without modulo bias; bound at most 2^32. */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
  /** Words drawn so far; set it to go back or on. */
  position: number;
}

/** A random stream from a seed (any safe integer). */
export function rng(seed: number): Rng {
  if (!Number.isSafeInteger(seed)) throw new TypeError(`core: seed must be a safe integer, got ${String(seed)}`);
  return new PhiloxRng([seed >>> 0, Math.floor(seed / 0x100000000) >>> 0]);
}

class PhiloxRng implements Rng {
  position = 0;
  readonly #key: readonly [number, number];
  #block: readonly number[] = [];
  #blockIndex = -1;

  constructor(key: readonly [number, number]) {
    this.#key = key;
  }

  split(label: string | number): Rng {
    let hash = [0x811c9dc5, 0x9747b28c] as [number, number];
    for (const unit of `${typeof label}:${String(label)}`) {
      const code = unit.codePointAt(0) ?? 0;
      hash = [Math.imul(hash[0] ^ code, 0x01000193) >>> 0, Math.imul(hash[1] ^ code, 0x5bd1e995) >>> 0];
    }
    // Counter word 3 is never reached by drawing, so a child's key does not occur among the parent's numbers.
    const [k0, k1] = philox4x32([hash[0], hash[1], 0, 0xffffffff], this.#key);
    return new PhiloxRng([k0, k1]);
  }

  uniform(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new RangeError(`core: integer() needs a bound of 1 to 2^32, got ${String(bound)}`);
    }
    const limit = 0x100000000 - (0x100000000 % bound);
    let word = this.#word();
    while (word >= limit) word = this.#word();
    return word % bound;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j] as T, items[i] as T];
    }
    return items;
  }

  #word(): number {
    const blockIndex = Math.floor(this.position / 4);
    if (blockIndex !== this.#blockIndex) {
      this.#block = philox4x32([blockIndex >>> 0, Math.floor(blockIndex / 0x100000000), 0, 0], this.#key);
      this.#blockIndex = blockIndex;
    }
    const word = this.#block[this.position % 4] ?? 0;
    this.position++;
    return word;
  }
}
