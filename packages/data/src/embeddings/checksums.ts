import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { damagedFile } from './embedding-schema.js';

/**
 * CRC-32 of each record batch and of the footer, kept in the gap that the Arrow file format allows before its footer; other readers skip it.
 * Without them a damaged length makes Arrow's decoder allocate until the process dies, and a flipped bit in a vector goes unnoticed.
 * Layout, little-endian: padding to 8 bytes, n batch sums, footer sum, n, sum of all of this, and a magic word.
 */
const magic = 'BIOSCRC1';
const fixedBytes = 12 + magic.length;

/** What the provenance document of a file with checksums says, so that a lost trailer is noticed. */
export const checksumMark = '"checksums":true';

export function encodeTrailer(batchSums: readonly number[], footer: Uint8Array): Uint8Array {
  const words = [...batchSums, crc32(footer), batchSums.length];
  const length = Math.ceil((4 * batchSums.length + fixedBytes) / 8) * 8;
  const trailer = Buffer.alloc(length);
  let at = length - fixedBytes - 4 * batchSums.length;
  for (const word of words) at = trailer.writeUInt32LE(word, at);
  at = trailer.writeUInt32LE(crc32(trailer.subarray(0, at)), at);
  trailer.write(magic, at, 'latin1');
  return trailer;
}

/**
 * Checks the footer and gives the sums of the batches; undefined for a file of another program, which has none.
 * @param footer position and length of the footer
 * @throws BioscanError `bad-file`
 */
export async function readChecksums(
  handle: FileHandle,
  footer: { readonly offset: number; readonly length: number },
  path: string,
): Promise<Uint32Array | undefined> {
  const footerBytes = await bytesAt(handle, footer.offset, footer.length, path);
  const end = await bytesAt(handle, Math.max(0, footer.offset - fixedBytes), fixedBytes, path);
  if (end.toString('latin1', 12) !== magic) {
    if (footerBytes.includes(checksumMark) || footerBytes.includes(checksumMark.replaceAll('"', '\\"'))) {
      throw damagedFile(path, 'its checksums are gone');
    }
    return undefined;
  }
  const count = end.readUInt32LE(4);
  const length = Math.ceil((4 * count + fixedBytes) / 8) * 8;
  if (length > footer.offset) throw damagedFile(path, 'its checksums are damaged');
  const trailer = await bytesAt(handle, footer.offset - length, length, path);
  const sum = crc32(trailer.subarray(0, length - magic.length - 4));
  if (sum !== end.readUInt32LE(8) || crc32(footerBytes) !== end.readUInt32LE(0)) {
    throw damagedFile(path, 'the checksum of its footer does not match');
  }
  return Uint32Array.from({ length: count }, (_, index) =>
    trailer.readUInt32LE(length - fixedBytes + 4 * (index - count)),
  );
}

/** @throws BioscanError `bad-file` when the bytes of a batch are not those that were written. */
export async function checkBatch(
  handle: FileHandle,
  block: { readonly offset: number; readonly length: number },
  expected: number | undefined,
  path: string,
): Promise<void> {
  const sum = crc32(await bytesAt(handle, block.offset, block.length, path));
  if (sum !== expected) throw damagedFile(path, `the checksum of the block at byte ${block.offset} does not match`);
}

export async function bytesAt(handle: FileHandle, offset: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw damagedFile(path, 'it ends early');
    done += bytesRead;
  }
  return bytes;
}
