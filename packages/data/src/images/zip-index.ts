import { BioscanError } from '@bioscan/core';
import { Reader, ZipReader, configure } from '@zip.js/zip.js';
import type { FileHandle } from 'node:fs/promises';

/** Where a member lies in its archive. */
export interface ZipMember {
  readonly archive: number;
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc: number;
  readonly method: number;
}

/** Members by key: numbers in one array, so that millions of them take no more than their ids. */
export interface ZipIndex {
  readonly size: number;
  find(key: string): ZipMember | undefined;
  /** False when the key is there already. */
  add(key: string, member: ZipMember): boolean;
}

const fields = 6;

export function zipIndex(): ZipIndex {
  const rows = new Map<string, number>();
  const numbers: number[] = [];
  return {
    get size() {
      return rows.size;
    },
    find(key) {
      const row = rows.get(key);
      if (row === undefined) return undefined;
      const [archive, offset, compressedSize, size, crc, method] = numbers.slice(row * fields, (row + 1) * fields) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return { archive, offset, compressedSize, size, crc, method };
    },
    add(key, { archive, offset, compressedSize, size, crc, method }) {
      if (rows.has(key)) return false;
      rows.set(key, rows.size);
      numbers.push(archive, offset, compressedSize, size, crc, method);
      return true;
    },
  };
}

/** A file of an archive's central directory. */
export interface ZipFile {
  readonly name: string;
  readonly member: Omit<ZipMember, 'archive'>;
}

/**
 * The files of an archive, by its central directory (zip64 too); no member is read.
 * @throws BioscanError `truncated` for an archive without its end, `unsupported` for a spanned or encrypted one, `bad-file` otherwise
 */
export async function* zipFiles(path: string, file: FileHandle): AsyncGenerator<ZipFile> {
  configure({ useWebWorkers: false });
  const { size } = await file.stat();
  const zip = new ZipReader(new HandleReader(file, size));
  try {
    for await (const entry of zip.getEntriesGenerator()) {
      if (entry.directory) continue;
      if (entry.encrypted) {
        throw new BioscanError(
          'unsupported',
          `data: ${path}, got the encrypted member ${entry.filename}, expected a plain archive`,
          { path },
        );
      }
      const { filename: name, offset, compressedSize, uncompressedSize, crc32 = 0, compressionMethod: method } = entry;
      yield { name, member: { offset, compressedSize, size: uncompressedSize, crc: crc32 >>> 0, method } };
    }
  } catch (error) {
    throw zipError(path, error);
  } finally {
    await zip.close();
  }
}

/** Reads of a file handle, as zip.js asks for them. */
class HandleReader extends Reader<FileHandle> {
  readonly #file: FileHandle;

  constructor(file: FileHandle, size: number) {
    super(file);
    this.#file = file;
    this.size = size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, index);
    return bytes.subarray(0, bytesRead);
  }
}

function zipError(path: string, cause: unknown): Error {
  if (cause instanceof BioscanError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  if (/split/iu.test(why)) {
    return new BioscanError(
      'unsupported',
      `data: ${path} is one part of a spanned archive, expected whole archives; join the parts first`,
      { path },
      { cause },
    );
  }
  if (/not found|out of bounds/iu.test(why)) {
    return new BioscanError(
      'truncated',
      `data: ${path} is cut off or no zip archive: ${why}; download it again`,
      { path },
      { cause },
    );
  }
  return new BioscanError('bad-file', `data: ${path} cannot be read as a zip archive: ${why}`, { path }, { cause });
}
