import { basesOf } from '@bioscan/core';
import { textHash } from './rolling-hash.js';

/** Words filed at regular places of all barcodes; the seeds of one word stand side by side, `start` to `end`. */
export interface SeedIndex {
  /** The word with this hash, or -1. Different words may share a hash: the caller compares letters. */
  word(hash: number): number;
  /** Bits of all splits in which a word occurs, by word. */
  readonly wordHeld: Uint32Array;
  /** (words + 1) */
  readonly start: Uint32Array;
  /** Bits of the splits that hold the seed's barcode, by seed. */
  readonly held: Uint32Array;
  readonly key: Uint32Array;
  readonly position: Uint32Array;
}

/** Files the word at every `step`-th place of each barcode, ambiguous ones under all that they stand for. */
export function seedIndex(keys: readonly string[], keyHeld: Uint32Array, length: number, step: number): SeedIndex {
  const seeds: { readonly hash: number; readonly key: number; readonly position: number }[] = [];
  for (const [key, text] of keys.entries()) {
    for (let position = 0; position + length <= text.length; position += step) {
      for (const hash of seedHashes(text.slice(position, position + length))) seeds.push({ hash, key, position });
    }
  }
  seeds.sort((a, b) => a.hash - b.hash || a.key - b.key || a.position - b.position);
  const firsts = seeds.flatMap(({ hash }, i) => (hash === seeds[i - 1]?.hash ? [] : [i]));
  const held = Uint32Array.from(seeds, ({ key }) => keyHeld[key] as number);
  const start = Uint32Array.from([...firsts, seeds.length]);
  const wordHeld = Uint32Array.from(firsts, (first, word) => {
    let union = 0;
    for (let seed = first; seed < (start[word + 1] as number); seed++) union |= held[seed] as number;
    return union >>> 0;
  });
  return {
    word: wordTable(firsts.map((first) => seeds[first]?.hash ?? 0)),
    wordHeld,
    start,
    held,
    key: Uint32Array.from(seeds, ({ key }) => key),
    position: Uint32Array.from(seeds, ({ position }) => position),
  };
}

/** Open addressing, at most half full. */
function wordTable(hashes: readonly number[]): (hash: number) => number {
  const bits = Math.max(4, Math.ceil(Math.log2(2 * hashes.length + 1)));
  const filed = Uint32Array.from(hashes);
  const slots = new Int32Array(2 ** bits).fill(-1);
  for (const [word, hash] of filed.entries()) {
    let slot = slotOf(hash, bits);
    while ((slots[slot] as number) >= 0) slot = (slot + 1) % slots.length;
    slots[slot] = word;
  }
  return (hash) => {
    for (let slot = slotOf(hash, bits); ; slot = (slot + 1) % slots.length) {
      const word = slots[slot] as number;
      if (word < 0 || filed[word] === hash) return word;
    }
  };
}

function slotOf(hash: number, bits: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
}

/** Most ambiguous letters of a word that is filed and looked up. */
export const ambiguousLetters = 3;

/** Hashes of all words of A, C, G, T that a word stands for; none when it is too ambiguous. */
export function seedHashes(word: string): number[] {
  if (/^[ACGT]*$/.test(word)) return [textHash(word)];
  const letters = [...word].map((letter) => spelled(basesOf(letter.charCodeAt(0))));
  if (letters.filter((choices) => choices.length > 1).length > ambiguousLetters) return [];
  let words = [''];
  for (const choices of letters) words = words.flatMap((start) => [...choices].map((letter) => start + letter));
  return words.map(textHash);
}

function spelled(bits: number): string {
  return [...'ACGT'].filter((_, i) => ((bits >>> i) & 1) === 1).join('');
}
