import { BioscanError } from '@bioscan/core';

/** Bytes that are read where they are needed: a buffer, an open file, a mapped one. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`; the caller stays within `size`. A view where the source can give one. */
  read(offset: number, length: number): Uint8Array;
}

/** A buffer as a source of views. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Reads within bounds. @throws BioscanError `truncated` when the file is shorter, naming what was to be read */
export function readWithin(source: ByteSource, offset: number, length: number, what: string): DataView {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > source.size) {
    throw new BioscanError(
      'truncated',
      `graph: torch checkpoint, got ${source.size} bytes, expected ${length} at ${offset} for ${what}`,
    );
  }
  const bytes = source.read(offset, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
