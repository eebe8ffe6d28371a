import { BioscanError } from './errors.js';

/**
 * Named bytes. Names are relative, `/`-separated and stay inside the store.
 * `write` is atomic: a reader sees the old bytes or the new ones, also after a crash.
 */
export interface Store {
  /** @throws BioscanError `not-found` */
  read(name: string): Promise<Uint8Array>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Names that start with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

/** A store in memory, for tests and browsers. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #files = new Map<string, Uint8Array>();

  read(name: string): Promise<Uint8Array> {
    const bytes = this.#files.get(name);
    return bytes === undefined
      ? Promise.reject(new BioscanError('not-found', `core: store has no '${name}'`, { name }))
      : Promise.resolve(bytes.slice());
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(name, bytes.slice());
    return Promise.resolve();
  }

  append(name: string, bytes: Uint8Array): Promise<void> {
    const old = this.#files.get(name) ?? new Uint8Array();
    const joined = new Uint8Array(old.length + bytes.length);
    joined.set(old);
    joined.set(bytes, old.length);
    this.#files.set(name, joined);
    return Promise.resolve();
  }

  list(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()].filter((name) => name.startsWith(prefix)).sort());
  }

  remove(name: string): Promise<void> {
    this.#files.delete(name);
    return Promise.resolve();
  }
}
