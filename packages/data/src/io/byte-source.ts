import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BioscanError, isBioscanError } from '@bioscan/core';

/** Where bytes come from: a path, bytes in memory, or a stream of bytes (Node's, the web's, any async iterable). */
export type ByteInput = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Raw bytes of a file on their way in, counted and hashed as they pass. */
export interface ByteSource {
  /** What messages call it: the path, or `<bytes>` and `<stream>`. */
  readonly file: string;
  /** Absent for streams. */
  readonly totalBytes?: number;
  readonly bytesRead: () => number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** SHA-256 (hex) of the bytes that have passed; asked for once, after the last chunk. */
  readonly sha256: () => string;
}

/**
 * Opens an input for one pass.
 * @throws BioscanError `not-found` when the path does not exist, `bad-file` when it cannot be read.
 */
export async function openByteSource(input: ByteInput): Promise<ByteSource> {
  if (typeof input === 'string') {
    return counted(input, await sizeOf(input), fileChunks(input));
  }
  if (input instanceof Uint8Array) return counted('<bytes>', input.byteLength, [input]);
  return counted('<stream>', undefined, input);
}

/** Opens the file only when the first chunk is asked for, so that a source which is never read holds nothing. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk as Uint8Array;
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new BioscanError('bad-file', `data: ${path} is a folder, expected a file`, { path });
    return found.size;
  } catch (error) {
    throw asFileError(error, path);
  }
}

function counted(
  file: string,
  totalBytes: number | undefined,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): ByteSource {
  const state = { bytes: 0, hash: createHash('sha256') };
  return {
    file,
    ...(totalBytes === undefined ? {} : { totalBytes }),
    bytesRead: () => state.bytes,
    chunks: passThrough(file, chunks, state),
    sha256: () => state.hash.digest('hex'),
  };
}

async function* passThrough(
  file: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  state: { bytes: number; hash: Hash },
): AsyncGenerator<Uint8Array> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  try {
    for (;;) {
      const next = await nextChunk(iterator, file);
      if (next === undefined) return;
      state.bytes += next.byteLength;
      state.hash.update(next);
      if (next.byteLength > 0) yield next;
    }
  } finally {
    await iterator.return?.();
  }
}

async function nextChunk(
  iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
  file: string,
): Promise<Uint8Array | undefined> {
  let result: IteratorResult<Uint8Array>;
  try {
    result = await iterator.next();
  } catch (error) {
    throw asFileError(error, file);
  }
  if (result.done === true) return undefined;
  const chunk: unknown = result.value;
  if (!(chunk instanceof Uint8Array)) {
    throw new TypeError(
      `data: a stream must give Uint8Array chunks, got ${typeof chunk}; do not set an encoding on it`,
    );
  }
  return chunk;
}

/** A failed read or write as a {@link BioscanError}; errors that are one already pass unchanged. */
export function asFileError(error: unknown, file: string): BioscanError {
  if (isBioscanError(error)) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const why = error instanceof Error ? error.message : String(error);
  return code === 'ENOENT'
    ? new BioscanError('not-found', `data: ${file} does not exist; check the path`, { file }, { cause: error })
    : new BioscanError('bad-file', `data: ${file} failed: ${why}`, { file }, { cause: error });
}
