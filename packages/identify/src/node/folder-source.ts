import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BioscanError } from '@bioscan/core';
import type { IdentifierSource } from '../open-folder.js';

/** Files of a folder; only the fixed names of an identifier are asked for. */
export function folderSource(folder: string): IdentifierSource {
  return {
    async size(name) {
      return (await found(folder, name, stat(join(folder, name)))).size;
    },
    async read(name) {
      const bytes = await found(folder, name, readFile(join(folder, name)));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
}

async function found<T>(folder: string, name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw unreadable(folder, name, cause);
    throw new BioscanError(
      'not-found',
      `identify: ${join(folder, name)} does not exist, expected a file of the identifier; check the folder or copy it again`,
      { folder, name },
      { cause },
    );
  }
}

function unreadable(folder: string, name: string, cause: unknown): BioscanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BioscanError(
    'bad-file',
    `identify: ${join(folder, name)} could not be read: ${why}`,
    { folder, name },
    { cause },
  );
}
