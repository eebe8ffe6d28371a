import type { BarcodeTable } from './audit-record.js';
import type { Links } from './links.js';
import { PrefixHashes, textHash } from './rolling-hash.js';

/** Letters of the prefix under which barcodes are filed; shorter barcodes are not looked for. */
export const shortestContained = 32;

interface LengthGroup {
  readonly length: number;
  /** Barcodes of this prefix and length by the hash of all their letters. */
  readonly byHash: Map<number, number[]>;
}

/**
 * Finds every barcode that is an exact part of another one in another split, and links both ways. Exact: each barcode is filed under its first
 * 32 letters, then by length and hash of the whole; each place of each barcode looks the files up, and equal hashes are compared letter by letter.
 * Linear in all letters but for the lengths under a common prefix.
 */
export function linkContained(table: BarcodeTable, links: Links): void {
  const { keys, held } = table;
  const files = filePrefixes(keys);
  const hashes = new PrefixHashes(keys.reduce((most, { length }) => Math.max(most, length), 0));
  for (const [outer, text] of keys.entries()) {
    hashes.load(text);
    for (let start = 0; start + shortestContained <= text.length; start++) {
      const groups = files.get(hashes.piece(start, shortestContained));
      if (groups === undefined) continue;
      for (const { length, byHash } of groups) {
        if (start + length > text.length) break;
        for (const inner of byHash.get(hashes.piece(start, length)) ?? []) {
          // Two barcodes of one and the same split say nothing.
          if (inner === outer || !differ(held[inner] as number, held[outer] as number)) continue;
          if (text.startsWith(keys[inner] as string, start)) links.add('contained', inner, outer);
        }
      }
    }
  }
}

/** True unless both lie in the same single split. */
export function differ(a: number, b: number): boolean {
  return a !== b || (a & (a - 1)) !== 0;
}

/** Files in ascending length, so that a scan may stop where the text ends. */
function filePrefixes(keys: readonly string[]): Map<number, LengthGroup[]> {
  const files = new Map<number, Map<number, Map<number, number[]>>>();
  for (const [i, key] of keys.entries()) {
    if (key.length < shortestContained) continue;
    const byLength = entry(
      files,
      textHash(key.slice(0, shortestContained)),
      () => new Map<number, Map<number, number[]>>(),
    );
    const byHash = entry(byLength, key.length, () => new Map<number, number[]>());
    entry(byHash, textHash(key), () => []).push(i);
  }
  return new Map(
    Array.from(files, ([prefix, byLength]) => {
      const groups = Array.from(byLength, ([length, byHash]) => ({ length, byHash }));
      return [prefix, groups.sort((a, b) => a.length - b.length)];
    }),
  );
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
