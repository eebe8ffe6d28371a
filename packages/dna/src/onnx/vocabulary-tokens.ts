import { BioscanError } from '@bioscan/core';
import type { DnaTokens } from './dna-tokens.js';

export interface VocabularyTokensOptions {
  /**
   * `greedy` (default): the longest entry that fits, from left to right, as Nucleotide Transformer: k-mers without overlap, single letters where
   * an N or the end breaks one. `overlapping`: a window of the longest entries' length at every letter, as DNABERT.
   */
  readonly reading?: 'greedy' | 'overlapping';
  /** Names of entries in front of every barcode, such as `<cls>`. Default: none. */
  readonly before?: readonly string[];
  /** Names of entries behind every barcode. Default: none. */
  readonly after?: readonly string[];
  /** Default: the entry named `<pad>` or `[PAD]`. */
  readonly pad?: string;
  /** What no entry fits. Default: the entry named `<unk>` or `[UNK]`. */
  readonly unknown?: string;
}

/**
 * Tokens of a vocabulary file: one entry a line, its id the number of its line from 0 (`vocab.txt`).
 * @param vocabulary the file's text, or its entries
 * @throws BioscanError `bad-file` for a vocabulary without k-mers, with an entry twice, or without a special that is needed
 * @example
 * const tokens = vocabularyTokens(await readFile('vocab.txt', 'utf8'), { before: ['<cls>'] });
 */
export function vocabularyTokens(
  vocabulary: string | readonly string[],
  options: VocabularyTokensOptions = {},
): DnaTokens {
  const { reading = 'greedy', before = [], after = [] } = options;
  const ids = idsOf(typeof vocabulary === 'string' ? lines(vocabulary) : vocabulary);
  const longest = Math.max(0, ...[...ids.keys()].filter((entry) => /^[A-Z]+$/.test(entry)).map(({ length }) => length));
  if (longest === 0) {
    throw new BioscanError(
      'bad-file',
      `dna: vocabulary, got ${ids.size} entries and no k-mer of letters, expected some`,
    );
  }
  const unknownId = specialId(ids, options.unknown, ['<unk>', '[UNK]']);
  const padId = specialId(ids, options.pad, ['<pad>', '[PAD]']);
  const inFront = before.map((name) => specialId(ids, name, []));
  const behind = after.map((name) => specialId(ids, name, []));
  const read = reading === 'greedy' ? greedy : overlapping;
  return {
    name: `vocabulary of ${ids.size}`,
    settings: { reading, longest, entries: ids.size, specials: before.length + after.length > 0 },
    padId,
    tokenize: (barcode) => ({ before: inFront, content: read(barcode, ids, longest, unknownId), after: behind }),
  };
}

function lines(text: string): string[] {
  const rows = text.split(/\r?\n/);
  if (rows.at(-1) === '') rows.pop();
  return rows.map((row) => row.trim());
}

function idsOf(entries: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  entries.forEach((entry, id) => {
    const other = ids.get(entry);
    if (other !== undefined) {
      throw new BioscanError(
        'bad-file',
        `dna: vocabulary, got '${entry}' in lines ${other + 1} and ${id + 1}, expected each entry once`,
        { row: id + 1 },
      );
    }
    ids.set(entry, id);
  });
  return ids;
}

function specialId(ids: ReadonlyMap<string, number>, name: string | undefined, usual: readonly string[]): number {
  const candidates = name === undefined ? usual : [name];
  const found = candidates.map((one) => ids.get(one)).find((id) => id !== undefined);
  if (found !== undefined) return found;
  throw new BioscanError(
    'bad-file',
    `dna: vocabulary, got no entry ${candidates.map((one) => `'${one}'`).join(' or ')}, expected one; name the entry that stands for it`,
  );
}

function greedy(barcode: string, ids: ReadonlyMap<string, number>, longest: number, unknownId: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < barcode.length;) {
    let length = Math.min(longest, barcode.length - at);
    while (length > 1 && !ids.has(barcode.slice(at, at + length))) length--;
    found.push(ids.get(barcode.slice(at, at + length)) ?? unknownId);
    at += length;
  }
  return found;
}

function overlapping(barcode: string, ids: ReadonlyMap<string, number>, k: number, unknownId: number): number[] {
  const windows = Math.max(0, barcode.length - k + 1);
  return Array.from({ length: windows }, (_, at) => ids.get(barcode.slice(at, at + k)) ?? unknownId);
}
