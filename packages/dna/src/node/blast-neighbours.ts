import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BioscanError, type Identified, type Neighbours } from '@bioscan/core';
import { barcodeGroups } from '../baselines/barcode-groups.js';
import { neighbourRows, type Hit } from '../baselines/neighbour-rows.js';
import { cleanBarcode } from '../clean-barcode.js';
import type { Blast } from './find-blast.js';
import { runProgram } from './run-program.js';

export interface BlastNeighboursOptions {
  readonly blast: Blast;
  /** Neighbours a query; default 1. */
  readonly k?: number;
  /** The task of blastn: its default `megablast`, as published, or the slower and more sensitive `blastn`. */
  readonly task?: 'megablast' | 'blastn';
  /** Default 1. */
  readonly threads?: number;
  /** Different barcodes that blastn reports for a query at most, its own default being 500. */
  readonly targets?: number;
  readonly signal?: AbortSignal;
}

/**
 * The nearest keys by blastn, everything else at its defaults (low complexity masked, both strands, e-value 10). Rule of ties: keys stand by the raw
 * score of their best hit, whole numbers without rounding, and equal scores in key order; keys of one barcode are searched once. No hit: index -1,
 * which counts as wrong. Higher is nearer. Letters alone reach the program, in a folder of its own that is removed at the end.
 * @throws BioscanError `engine` when BLAST+ fails, `bad-input` when no key has a barcode, `cancelled`
 */
export async function blastNeighbours(
  queries: readonly Identified<string>[],
  keys: readonly Identified<string>[],
  { blast, k = 1, task = 'megablast', threads = 1, targets = 500, signal }: BlastNeighboursOptions,
): Promise<Neighbours> {
  if (!Number.isInteger(targets) || targets < k) {
    throw new RangeError(`dna: targets must be a whole number of at least k (${k}), got ${targets}`);
  }
  const rows = neighbourRows(queries, keys, k);
  const groups = barcodeGroups(keys.map(({ input }) => lettersOf(input)));
  const [database, asked] = [
    fasta('k', groups.barcodes),
    fasta(
      'q',
      queries.map(({ input }) => lettersOf(input)),
    ),
  ];
  if (database === '') throw new BioscanError('bad-input', 'dna: BLAST+, got no key with a barcode, expected some');
  if (asked === '') return rows.done(true);
  const folder = await mkdtemp(join(tmpdir(), 'bioscan-blast-'));
  const within = { folder, ...(signal === undefined ? {} : { signal }) };
  const hits = bestByQuery((query, found) => {
    rows.set(query, nearestFirst(found, groups.members));
  });
  try {
    await writeFile(join(folder, 'keys.fasta'), database);
    await writeFile(join(folder, 'queries.fasta'), asked);
    await runProgram(blast.makeblastdb, words({ dbtype: 'nucl', in: 'keys.fasta', out: 'keys' }), within);
    const search = { task, db: 'keys', query: 'queries.fasta', outfmt: '6 qseqid sseqid score' };
    const limits = { max_target_seqs: targets, num_threads: threads };
    await runProgram(blast.blastn, words({ ...search, ...limits }), {
      ...within,
      onLine: hits.add,
    });
    hits.end();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows.done(true);
}

/** The letters of a barcode; gaps, spaces and anything that would not be one line of FASTA are left out. */
function lettersOf(barcode: string): string {
  return cleanBarcode(barcode).sequence.replace(/[^A-Z]+/g, '');
}

/** Named by position: no id of the caller reaches the program. Empty barcodes have no record. */
function fasta(prefix: string, barcodes: readonly string[]): string {
  return barcodes.map((barcode, i) => (barcode === '' ? '' : `>${prefix}${i}\n${barcode}\n`)).join('');
}

function words(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
}

/** Reads `q12\tk7\t600` line by line; a query's lines stand together, so that only one query's best scores are held at a time. */
function bestByQuery(done: (query: number, found: ReadonlyMap<number, number>) => void): {
  readonly add: (line: string) => void;
  readonly end: () => void;
} {
  let current = -1;
  let found = new Map<number, number>();
  function end(): void {
    if (current >= 0) done(current, found);
  }
  function add(line: string): void {
    const [, query, key, score] = /^q(\d+)\tk(\d+)\t(\d+)$/.exec(line) ?? [];
    if (query === undefined || key === undefined || score === undefined) {
      throw new BioscanError('engine', `dna: blastn, got the line '${line}', expected query, key and score`, { line });
    }
    if (Number(query) !== current) {
      end();
      current = Number(query);
      found = new Map();
    }
    found.set(Number(key), Math.max(found.get(Number(key)) ?? 0, Number(score)));
  }
  return { add, end };
}

function nearestFirst(found: ReadonlyMap<number, number>, members: readonly (readonly number[])[]): Hit[] {
  const hits = [...found].flatMap(([group, score]) => (members[group] ?? []).map((key) => ({ key, score })));
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}
