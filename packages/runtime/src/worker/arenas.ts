import { BioscanError } from '@bioscan/core';

/** Where arrays go: each group lies in one arena, since a kernel sees one memory. */
export interface ArenaPlan {
  /** Bytes of each arena. */
  readonly arenas: readonly number[];
  readonly places: readonly ArenaPlace[];
}

export interface ArenaPlace {
  readonly arena: number;
  /** Byte offset of the group. */
  readonly offset: number;
}

/**
 * Distributes groups (bytes each) over arenas of at most `arenaBytes`, in order. A WebAssembly memory ends at 4 GiB, so a large
 * state takes several; a group above `arenaBytes` gets an arena of its own.
 * @throws BioscanError `unsupported` when one group does not fit a memory
 */
export function planArenas(groups: readonly number[], arenaBytes: number): ArenaPlan {
  const arenas: number[] = [];
  const places = groups.map((bytes): ArenaPlace => {
    if (bytes > largest) {
      throw new BioscanError(
        'unsupported',
        `runtime: a parameter with gradient and moments of ${bytes} bytes, expected at most ${largest} (a WebAssembly memory); split it`,
        { bytes },
      );
    }
    const last = arenas.length - 1;
    const used = arenas[last];
    if (used === undefined || used + bytes > arenaBytes) {
      arenas.push(bytes);
      return { arena: last + 1, offset: 0 };
    }
    arenas[last] = used + bytes;
    return { arena: last, offset: used };
  });
  return { arenas, places };
}

/** A memory that never grows: growing would detach the views that ONNX Runtime reads and writes. */
export function arenaMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / pageBytes));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new BioscanError('engine', `runtime: no memory for ${bytes} bytes of training state`, { bytes }, { cause });
  }
}

/** Bytes of an array of float32, with the padding that the kernel may touch: whole groups of 16 elements. */
export function arrayBytes(length: number): number {
  return Math.ceil(length / 16) * 64;
}

const pageBytes = 65_536;
const largest = 65_535 * pageBytes;
