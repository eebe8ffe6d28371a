import { BioscanError } from '@bioscan/core';

/** A bounds-checked reader over the pickle, and the budget of what it may build. */
export class PickleCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #at = 0;
  #budget: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A pickle byte can ask for an object of hundreds; honest ones stay far below this.
    this.#budget = freeBytes + bytes.length;
  }

  get offset(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Counts memory that is about to be taken. @throws BioscanError `unsupported` when it is more than a checkpoint needs */
  charge(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      throw new BioscanError(
        'unsupported',
        `graph: torch checkpoint, got a pickle that builds more than ${freeBytes} bytes beside its tensors, expected less`,
      );
    }
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** An unsigned little-endian length or index of 1, 2, 4 or 8 bytes. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    const at = this.#take(size);
    switch (size) {
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
      case 8:
        return Number(this.#view.getBigUint64(at, true));
      default:
        return size satisfies never;
    }
  }

  signed(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Two's complement, little-endian. */
  integer(size: number): number | bigint {
    if (size > longestInteger) throw this.bad(`an integer of ${size} bytes`, `at most ${longestInteger}`);
    const at = this.#take(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i] as number);
    const signed = BigInt.asIntN(8 * size, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A copy. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    this.charge(200 + length);
    return this.#bytes.slice(at, at + length);
  }

  text(length: number): string {
    const at = this.#take(length);
    this.charge(24 + 2 * length);
    return this.#decode(at, at + length);
  }

  /** Up to the next line feed, as old opcodes write names. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw this.bad('a name without an end', 'a line feed');
    const start = this.#take(end + 1 - this.#at);
    this.charge(24 + 2 * (end - start));
    return this.#decode(start, end);
  }

  bad(got: string, expected: string): BioscanError {
    return new BioscanError(
      'bad-file',
      `graph: torch checkpoint, pickle byte ${this.#at}, got ${got}, expected ${expected}`,
      { offset: this.#at },
    );
  }

  #decode(start: number, end: number): string {
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      throw this.bad('text that is no UTF-8', 'UTF-8');
    }
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw new BioscanError(
        'truncated',
        `graph: torch checkpoint, pickle byte ${start}, got ${this.#bytes.length - start} more bytes, expected ${length}`,
      );
    }
    this.#at += length;
    return start;
  }
}

const freeBytes = 24 * 1024 * 1024;
const longestInteger = 64;
