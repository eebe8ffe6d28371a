import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BioscanError } from '@bioscan/core';
import type { ByteSource } from '@bioscan/graph';

/** A file that is read where it is needed, until it is closed. */
export interface FileSource extends ByteSource {
  close(): void;
}

/** Opens a file for reading. @throws BioscanError `not-found` when there is none */
export function openFileSource(path: string): FileSource {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `cli: file '${path}', got none that can be read, expected one`,
      { path },
      { cause },
    );
  }
  const status = fstatSync(file);
  if (!status.isFile()) {
    closeSync(file);
    throw new BioscanError('bad-file', `cli: '${path}', got a folder or a device, expected a file`, { path });
  }
  return {
    size: status.size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, Math.min(length - done, 0x40000000), offset + done);
        if (count === 0)
          throw new BioscanError('truncated', `cli: file '${path}', got ${offset + done} bytes, expected more`);
        done += count;
      }
      return bytes;
    },
    close: () => {
      closeSync(file);
    },
  };
}
