const base = 0x01000193;

/** Polynomial hashes modulo 2^32 of all prefixes of a text: those of its pieces follow in constant time. A filter: equal pieces have equal hashes. */
export class PrefixHashes {
  readonly #powers: Uint32Array;
  #hashes: Uint32Array;

  /** @param longest longest text that will be loaded */
  constructor(longest: number) {
    this.#powers = new Uint32Array(longest + 1);
    this.#hashes = new Uint32Array(longest + 1);
    this.#powers[0] = 1;
    for (let i = 1; i <= longest; i++) this.#powers[i] = Math.imul(this.#powers[i - 1] as number, base);
  }

  load(text: string): void {
    const hashes = this.#hashes;
    for (let i = 0; i < text.length; i++) {
      hashes[i + 1] = Math.imul(hashes[i] as number, base) + text.charCodeAt(i);
    }
  }

  /** Hash of `length` letters from `start` of the loaded text. */
  piece(start: number, length: number): number {
    const head = Math.imul(this.#hashes[start] as number, this.#powers[length] as number);
    return ((this.#hashes[start + length] as number) - head) >>> 0;
  }
}

/** The same hash of a whole text. */
export function textHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
  return hash >>> 0;
}
