import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { BioscanError } from '@bioscan/core';
import { asFileError } from '../io/byte-source.js';
import { fileNameId, noImage, type ImageFiles } from './image-files.js';
import { zipFiles, zipIndex, type ZipIndex, type ZipMember } from './zip-index.js';

export interface ImageZipsOptions {
  /** Only members below a folder of this name, as `cropped_256`; needed where an archive holds several photos of a specimen. */
  readonly folder?: string;
  /** Largest photo in bytes, unpacked. Default: 64 MiB. */
  readonly maxBytes?: number;
}

/** Photos inside zip archives. */
export interface ImageZips extends ImageFiles {
  /** Photos in all archives. */
  readonly size: number;
}

/**
 * Photos in one or several zip archives, as BIOSCAN-5M comes: found by their central directories when opened, then read one by one, never
 * unpacked. The stem of a member's name is its process id; only .jpg, .jpeg and .png count. Checksums are held against what is read.
 * @throws BioscanError `not-found`, `truncated`, `unsupported`, `bad-file`; `mismatch` when two members have the same process id
 * @example
 * const images = await openImageZips(['cropped_256_train.zip', 'cropped_256_eval.zip']);
 */
export async function openImageZips(
  paths: string | readonly string[],
  options: ImageZipsOptions = {},
): Promise<ImageZips> {
  const { folder, maxBytes = 64 * 1024 * 1024 } = options;
  const names = typeof paths === 'string' ? [paths] : paths;
  const index = zipIndex();
  const archives: FileHandle[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(archives.splice(0).map((archive) => archive.close()));
  };
  try {
    for (const path of names) {
      const file = await open(path).catch((error: unknown) => {
        throw asFileError(error, path);
      });
      archives.push(file);
      await addMembers(index, archives.length - 1, path, file, folder);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    size: index.size,
    close,
    has: (processId) => Promise.resolve(index.find(fileNameId(processId)) !== undefined),
    async read(processId) {
      const member = index.find(fileNameId(processId));
      if (member === undefined) throw noImage(processId, names.join(', '));
      const file = archives[member.archive];
      if (file === undefined) throw new TypeError('data: these archives were closed');
      return readMember(`${names[member.archive] ?? ''}: ${processId}`, file, member, maxBytes);
    },
  };
}

async function addMembers(
  index: ZipIndex,
  archive: number,
  path: string,
  file: FileHandle,
  folder: string | undefined,
): Promise<void> {
  for await (const { name, member } of zipFiles(path, file)) {
    const parts = name.split('/');
    const id = /^([A-Za-z0-9].*)\.(?:jpe?g|png)$/iu.exec(parts.at(-1) ?? '')?.[1];
    if (id === undefined || (folder !== undefined && !parts.slice(0, -1).includes(folder))) continue;
    if (index.add(id, { archive, ...member })) continue;
    throw new BioscanError(
      'mismatch',
      `data: ${path}, got a second photo of ${id} (${name}), expected one; choose by the option 'folder' or leave an archive out`,
      { path, processId: id, member: name },
    );
  }
}

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflateRaw);
const headerBytes = 30;
const stored = 0;
const deflated = 8;

async function readMember(what: string, file: FileHandle, member: ZipMember, maxBytes: number): Promise<Uint8Array> {
  const { offset, compressedSize, size, crc, method } = member;
  if (size > maxBytes) {
    throw new BioscanError(
      'unsupported',
      `data: ${what}, got ${size} bytes, expected at most ${maxBytes}; raise maxBytes`,
      { size },
    );
  }
  if (method !== stored && method !== deflated) {
    throw new BioscanError(
      'unsupported',
      `data: ${what}, got compression method ${method}, expected stored or deflated`,
      { method },
    );
  }
  const header = await bytesAt(what, file, offset, headerBytes);
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== 0x04034b50) throw damaged(what, 'no member at its offset');
  const start = offset + headerBytes + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = await bytesAt(what, file, start, compressedSize);
  const bytes = method === stored ? packed : await unpack(what, packed, size);
  if (bytes.length !== size || crc32(bytes) !== crc) throw damaged(what, 'a wrong checksum');
  return bytes;
}

async function unpack(what: string, packed: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    const bytes = await inflate(packed, { maxOutputLength: Math.max(size, 1) });
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (cause) {
    throw damaged(what, cause instanceof Error ? cause.message : String(cause));
  }
}

async function bytesAt(
  what: string,
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead < length) throw damaged(what, 'the end of the archive');
  return bytes;
}

function damaged(what: string, why: string): BioscanError {
  return new BioscanError('truncated', `data: ${what} is damaged, got ${why}; download the archive again`);
}
