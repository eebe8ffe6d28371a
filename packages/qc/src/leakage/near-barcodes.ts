import { basesOf } from '@bioscan/core';
import type { BarcodeTable } from './audit-record.js';
import type { Links } from './links.js';
import { anchoredOverlap } from './anchored-overlap.js';
import { PrefixHashes } from './rolling-hash.js';
import { seedHashes, seedIndex, type SeedIndex } from './seed-index.js';

export interface NearRule {
  /** Pairs of letters that an overlap needs; gaps are no pairs. */
  readonly minimumOverlap: number;
  /** Edits (substitutions and gap letters) per pair at most. */
  readonly share: number;
}

/**
 * Links barcodes of different splits that overlap in at least `minimumOverlap` pairs of letters with at most `share` edits a pair, end gaps free,
 * N and IUPAC codes compatible with what they stand for. Exact by the pigeonhole principle: such a pair agrees without a break over a stretch of
 * `guaranteedRun` letters, which holds a whole filed word; each shared word is extended to its stretch, and from there to both ends.
 * Only splits in which a barcode has no partner yet are searched. A word with more than 3 ambiguous letters is not filed.
 */
export function linkNear(table: BarcodeTable, links: Links, rule: NearRule): void {
  const longest = table.keys.reduce((most, { length }) => Math.max(most, length), 0);
  const run = guaranteedRun(rule, longest);
  const word = Math.min(32, run);
  const masks = table.keys.map((key) => Uint8Array.from(key, (letter) => basesOf(letter.charCodeAt(0))));
  const index = seedIndex(table.keys, table.held, word, run - word + 1);
  const search: Search = {
    table, links, rule, masks, index, run, word,
    hashes: new PrefixHashes(longest),
    visited: new Int32Array(table.keys.length).fill(-1),
    diagonal: new Int32Array(table.keys.length),
    end: new Int32Array(table.keys.length),
  }; // prettier-ignore
  for (const query of table.keys.keys()) searchPartners(search, query);
}

/** The shortest unbroken stretch that any overlap within the rule must have: e edits leave e + 1 stretches. */
export function guaranteedRun({ minimumOverlap, share }: NearRule, longest: number): number {
  let run = minimumOverlap;
  for (let pairs = minimumOverlap; pairs <= Math.max(longest, minimumOverlap); pairs++) {
    const edits = Math.floor(share * pairs + 1e-9);
    run = Math.min(run, Math.ceil((pairs - edits) / (edits + 1)));
  }
  return run;
}

interface Search {
  readonly table: BarcodeTable;
  readonly links: Links;
  readonly rule: NearRule;
  readonly masks: readonly Uint8Array[];
  readonly index: SeedIndex;
  readonly run: number;
  readonly word: number;
  readonly hashes: PrefixHashes;
  /** For each barcode the query, diagonal and end of the stretch that was looked at last. */
  readonly visited: Int32Array;
  readonly diagonal: Int32Array;
  readonly end: Int32Array;
}

function searchPartners(search: Search, query: number): void {
  const { table, links, word, hashes } = search;
  const text = table.keys[query] as string;
  let open = text.length < search.rule.minimumOverlap ? 0 : links.open(query);
  if (open === 0) return;
  const pure = /^[ACGT]*$/.test(text);
  if (pure) hashes.load(text);
  for (let position = 0; position + word <= text.length && open !== 0; position++) {
    if (pure) {
      open = lookUp(search, query, open, position, hashes.piece(position, word));
    } else {
      for (const hash of seedHashes(text.slice(position, position + word)))
        open = lookUp(search, query, open, position, hash);
    }
  }
}

/** Tries the barcodes of open splits that have this word; returns the splits that are still open. */
function lookUp(search: Search, query: number, open: number, position: number, hash: number): number {
  const { links, index } = search;
  const word = index.word(hash);
  if (word < 0 || ((index.wordHeld[word] as number) & open) === 0) return open;
  let left = open;
  const end = index.start[word + 1] as number;
  for (let seed = index.start[word] as number; seed < end; seed++) {
    if (((index.held[seed] as number) & left) === 0) continue;
    const other = index.key[seed] as number;
    if (!isPartner(search, query, other, position, (index.position[seed] as number) - position)) continue;
    links.add('near', query, other);
    left = links.open(query);
  }
  return left;
}

/** Extends the shared word to its whole stretch, unless that was looked at before, and a long stretch to both ends. */
function isPartner(search: Search, query: number, other: number, position: number, shift: number): boolean {
  const { masks, visited, diagonal, end } = search;
  if (visited[other] === query && diagonal[other] === shift && position < (end[other] as number)) return false;
  const a = masks[query] as Uint8Array;
  const b = masks[other] as Uint8Array;
  let from = position;
  let to = position;
  while (from > 0 && from + shift > 0 && ((a[from - 1] as number) & (b[from + shift - 1] as number)) !== 0) from--;
  while (to < a.length && to + shift < b.length && ((a[to] as number) & (b[to + shift] as number)) !== 0) to++;
  visited[other] = query;
  diagonal[other] = shift;
  end[other] = Math.max(to, position + 1);
  return to - from >= search.run && anchoredOverlap(a, b, { from, to, shift }, search.rule);
}
