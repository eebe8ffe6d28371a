import { constants } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BioscanError, type Store } from '@bioscan/core';
import { checkInside, pathOf } from './store-name.js';
import { giveBackTemporary, isTemporary, removeLeftovers, takeTemporary } from './temporary-name.js';

export interface NodeStoreOptions {
  /** Appends are on the disk when they resolve; default false: they may be lost when the machine stops, not when the process does. */
  readonly durable?: boolean;
}

/**
 * A store of files below `folder`, which is made when first written to.
 * `write` writes a temporary file beside the target, syncs it, renames it and syncs the folder: after a crash at any moment a reader
 * sees the old bytes or the new ones. What a killed write leaves behind is not listed and goes with the next write of that name.
 * `append` is not atomic: after a crash the last line of a log may be torn, and its reader drops what has no newline.
 * Links that lead out of the folder are refused; `list` gives regular files only.
 * @throws BioscanError `bad-input` for a bad name, `not-found` on reading
 */
export function nodeStore(folder: string, { durable = false }: NodeStoreOptions = {}): Store {
  return new NodeStore(resolve(folder), durable);
}

class NodeStore implements Store {
  readonly #folder: string;
  readonly #durable: boolean;
  /** The last append to each name: two at a time could mix their bytes. */
  readonly #appends = new Map<string, Promise<void>>();

  constructor(folder: string, durable: boolean) {
    this.#folder = folder;
    this.#durable = durable;
  }

  async read(name: string): Promise<Uint8Array> {
    const path = pathOf(this.#folder, name);
    try {
      await checkInside(this.#folder, path, name);
      const bytes = await readFile(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      throw new BioscanError('not-found', `runtime: store ${this.#folder} has no '${name}'`, { name }, { cause });
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = pathOf(this.#folder, name);
    await this.#makeFolder(path, name);
    await removeLeftovers(path);
    const temporary = takeTemporary(path);
    try {
      await withFile(temporary, 'wx', async (file) => {
        await file.writeFile(bytes);
        await file.sync();
      });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      giveBackTemporary(temporary);
    }
    await syncFolder(dirname(path));
  }

  async append(name: string, bytes: Uint8Array): Promise<void> {
    const path = pathOf(this.#folder, name);
    const before = this.#appends.get(path) ?? Promise.resolve();
    const own = before.catch(() => undefined).then(() => this.#append(path, name, bytes));
    this.#appends.set(path, own);
    try {
      await own;
    } finally {
      if (this.#appends.get(path) === own) this.#appends.delete(path);
    }
  }

  async #append(path: string, name: string, bytes: Uint8Array): Promise<void> {
    await this.#makeFolder(path, name);
    await checkInside(this.#folder, path, name);
    await withFile(path, appendFlags, async (file) => {
      await file.writeFile(bytes);
      if (this.#durable) await file.sync();
    });
    if (this.#durable) await syncFolder(dirname(path));
  }

  async list(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    await collectFiles(this.#folder, '', prefix, names);
    return names.sort();
  }

  async remove(name: string): Promise<void> {
    const path = pathOf(this.#folder, name);
    await checkInside(this.#folder, dirname(path), name);
    await rm(path, { force: true });
  }

  /** Makes the folder of `path`; each folder that is new is synced into the one above. */
  async #makeFolder(path: string, name: string): Promise<void> {
    const folder = dirname(path);
    await checkInside(this.#folder, folder, name);
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  }
}

// Not through a link, where the system can say so: a link may be planted between the check and the opening.
const appendFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | ((constants.O_NOFOLLOW as number | undefined) ?? 0);

async function withFile(path: string, flags: string | number, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

/** Makes a rename last. Windows cannot open folders and needs no sync for it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') await withFile(path, 'r', (folder) => folder.sync());
}

async function collectFiles(folder: string, start: string, prefix: string, names: string[]): Promise<void> {
  const entries = await readdir(join(folder, start), { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const entry of entries) {
    const name = start + entry.name;
    if (entry.isDirectory() && (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`))) {
      await collectFiles(folder, `${name}/`, prefix, names);
    }
    if (entry.isFile() && name.startsWith(prefix) && !isTemporary(name)) names.push(name);
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
