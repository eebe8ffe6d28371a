import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { BioscanError } from '@bioscan/core';
import type { ExternalData } from '../import/decode-tensor.js';
import type { OnnxModel } from '../import/onnx-model.js';
import { readOnnx } from '../import/read-onnx.js';

/**
 * Reads an ONNX model and the files beside it that hold its large tensors. What is read stays inside the model's folder.
 * @throws BioscanError as `readOnnx`; `not-found` for a file that is missing, `bad-input` for a location outside the folder
 */
export async function readOnnxFile(path: string): Promise<OnnxModel> {
  let bytes: Uint8Array;
  let folder: string;
  try {
    bytes = await readFile(path);
    folder = dirname(await realpath(path));
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `graph: ONNX file '${path}', got ${reasonOf(cause)}, expected a readable file`,
      { path },
      { cause },
    );
  }
  return readOnnx(bytes, { external: (data) => readExternal(folder, data) });
}

function readExternal(folder: string, data: ExternalData): Uint8Array {
  const { name, location, offset, expected } = data;
  const file = openInside(folder, data);
  try {
    const { size } = fstatSync(file);
    if (offset + expected > size) {
      throw new BioscanError(
        'truncated',
        `graph: tensor '${name}', got ${size} bytes in '${location}', expected ${offset + expected}`,
        { name, location },
      );
    }
    const bytes = new Uint8Array(expected);
    let filled = 0;
    while (filled < expected) {
      const count = readSync(file, bytes, filled, Math.min(expected - filled, 2 ** 30), offset + filled);
      if (count === 0)
        throw new BioscanError('truncated', `graph: tensor '${name}', got the end of '${location}'`, {
          name,
          location,
        });
      filled += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Opens a file by its real path, so that neither `..` nor a link leads out of the folder. */
function openInside(folder: string, { name, location }: ExternalData): number {
  const outside = (why: string): BioscanError =>
    new BioscanError(
      'bad-input',
      `graph: tensor '${name}', got external data in '${location}', ${why}, expected a file inside the model's folder`,
      {
        name,
        location,
      },
    );
  if (isAbsolute(location) || /^[A-Za-z]:|^[\\/]|\0/.test(location)) throw outside('an absolute path');
  const path = resolve(folder, location);
  if (!isInside(folder, path)) throw outside('which leaves the folder');
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `graph: tensor '${name}', got no file '${location}' beside the model, expected its external data there`,
      { name, location },
      { cause },
    );
  }
  if (!isInside(folder, real)) throw outside('a link that leaves the folder');
  return openSync(real, 'r');
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
}
