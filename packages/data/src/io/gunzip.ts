import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { BioscanError } from '@bioscan/core';
import { ByteQueue } from './byte-queue.js';

/**
 * Decompresses gzip when the first bytes say so, whatever the name; other bytes pass unchanged.
 * Every member's CRC-32 and length are checked here rather than left to node's Gunzip, which accepts a file cut inside the header of its last member.
 * Zero bytes after a member are padding; anything else there must be another member. A file cut exactly between two members is a valid gzip file and cannot be told.
 * @throws BioscanError `truncated` or `bad-file`
 */
export async function* decompressed(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const queue = new ByteQueue(chunks);
  try {
    const magic = await queue.peek(6);
    if (magic[0] === 0x1f && (magic[1] === 0x8b || magic.length === 1)) {
      yield* members(queue, file);
      return;
    }
    refuseOtherContainers(magic, file);
    for (let chunk = await queue.takeChunk(); chunk !== undefined; chunk = await queue.takeChunk()) yield chunk;
  } finally {
    await queue.close();
  }
}

async function* members(queue: ByteQueue, file: string): AsyncGenerator<Uint8Array> {
  for (let member = 1; ; member++) {
    await skipHeader(queue, file, member);
    let sum = 0;
    let length = 0;
    for await (const output of inflated(queue, file)) {
      sum = crc32(output, sum);
      length += output.length;
      yield output;
    }
    checkTrailer(await queue.take(8), sum, length, file, member);
    if (await onlyPadding(queue)) return;
  }
}

/** RFC 1952: ten fixed bytes, then extra field, name, comment and header CRC as the flags say. */
async function skipHeader(queue: ByteQueue, file: string, member: number): Promise<void> {
  const fixed = await queue.peek(10);
  const recognised = fixed[0] === 0x1f && (fixed.length < 2 || fixed[1] === 0x8b);
  if (!recognised) {
    throw new BioscanError(
      'bad-file',
      `data: ${file} has bytes after gzip member ${member - 1} that are not gzip; the file was joined or copied wrongly`,
      { file, offset: queue.position },
    );
  }
  const flags = (await takeOrFail(queue, 10, file))[3] ?? 0;
  if (fixed[2] !== 8 || (flags & 0xe0) !== 0) {
    throw new BioscanError('bad-file', `data: ${file} has a damaged gzip header`, { file, offset: queue.position });
  }
  if ((flags & 4) !== 0) {
    const size = await takeOrFail(queue, 2, file);
    await takeOrFail(queue, (size[0] ?? 0) + 256 * (size[1] ?? 0), file);
  }
  if ((flags & 8) !== 0) await skipZeroTerminated(queue, file);
  if ((flags & 16) !== 0) await skipZeroTerminated(queue, file);
  if ((flags & 2) !== 0) await takeOrFail(queue, 2, file);
}

async function takeOrFail(queue: ByteQueue, count: number, file: string): Promise<Uint8Array> {
  const bytes = await queue.take(count);
  if (bytes === undefined) throw truncated(file);
  return bytes;
}

async function skipZeroTerminated(queue: ByteQueue, file: string): Promise<void> {
  for (;;) {
    const chunk = await queue.takeChunk();
    if (chunk === undefined) throw truncated(file);
    const end = chunk.indexOf(0);
    if (end < 0) continue;
    queue.putBack(chunk.subarray(end + 1));
    return;
  }
}

/** One deflate stream; gives back to the queue what comes after its end. */
async function* inflated(queue: ByteQueue, file: string): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: 1 << 18 });
  const feeding = feed(inflate, queue).catch((error: unknown) => {
    inflate.destroy(error as Error);
  });
  try {
    for await (const output of inflate) yield output as Uint8Array;
  } catch (error) {
    throw inflateError(error, file);
  } finally {
    inflate.destroy();
    await feeding;
  }
}

/** Writes chunk by chunk, each after the one before was used up, so that only the last can have bytes left over. */
async function feed(inflate: InflateRaw, queue: ByteQueue): Promise<void> {
  let written = 0;
  const end = new Promise<boolean>((resolve) => {
    inflate.once('end', () => {
      resolve(true);
    });
    inflate.once('close', () => {
      resolve(true);
    });
  });
  for (let ended = false; !ended;) {
    const chunk = await queue.takeChunk();
    if (chunk === undefined) break;
    written += chunk.length;
    const used = new Promise<boolean>((resolve) => {
      inflate.write(chunk, () => {
        resolve(false);
      });
    });
    ended = await Promise.race([end, used]);
    const left = written - inflate.bytesWritten;
    if (left > 0) ended = true;
    queue.putBack(chunk.subarray(chunk.length - left));
  }
  inflate.end();
}

function checkTrailer(
  trailer: Uint8Array | undefined,
  sum: number,
  length: number,
  file: string,
  member: number,
): void {
  if (trailer === undefined) throw truncated(file);
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.getUint32(0, true) !== sum || view.getUint32(4, true) !== length % 0x100000000) {
    throw new BioscanError(
      'bad-file',
      `data: ${file} is damaged: the checksum of gzip member ${member} does not match; get the file again`,
      { file, member },
    );
  }
}

/** Skips zero bytes; true at the end of the file, false where another member must start. */
async function onlyPadding(queue: ByteQueue): Promise<boolean> {
  for (;;) {
    const chunk = await queue.takeChunk();
    if (chunk === undefined) return true;
    const start = chunk.findIndex((byte) => byte !== 0);
    if (start < 0) continue;
    queue.putBack(chunk.subarray(start));
    return false;
  }
}

function inflateError(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return truncated(file);
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new BioscanError(
      'bad-file',
      `data: ${file} is damaged: its gzip data does not decompress`,
      { file },
      { cause: error },
    );
  }
  return error;
}

function truncated(file: string): BioscanError {
  return new BioscanError('truncated', `data: ${file} ends inside its gzip data; get the file again`, { file });
}

const containers: readonly (readonly [magic: string, what: string])[] = [
  ['504b0304', 'a zip archive; unpack it first'],
  ['28b52ffd', 'zstd data; decompress it first'],
  ['425a68', 'bzip2 data; decompress it first'],
  ['fd377a585a', 'xz data; decompress it first'],
  ['50415231', 'a Parquet file, which this reader does not read'],
  ['fffe', 'UTF-16 text; save it as UTF-8'],
  ['feff', 'UTF-16 text; save it as UTF-8'],
];

function refuseOtherContainers(magic: Uint8Array, file: string): void {
  const start = Buffer.from(magic).toString('hex');
  const found = containers.find(([prefix]) => start.startsWith(prefix));
  if (found !== undefined) throw new BioscanError('unsupported', `data: ${file} is ${found[1]}`, { file });
}
