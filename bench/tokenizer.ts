import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { kmerTokenizer, kmerVocabulary } from '@bioscan/dna';

export interface TokenizerBenchRow {
  readonly name: string;
  /** Median microseconds a barcode. */
  readonly ours: number;
  readonly peer: number;
  /** Median of peer / ours, paired round by round. */
  readonly ratio: number;
  readonly goal: number;
  readonly versions: string;
}

export interface TokenizerBenchOptions {
  readonly ks?: readonly number[];
  readonly barcodes?: number;
  readonly rounds?: number;
  /** Interpreter with the standard library; default: BIOSCAN_PYTHON or python3. */
  readonly python?: string;
}

/** Encodes the same barcodes with this tokenizer and with the Python rules (tokenizer.py), alternating; throws if the ids differ. */
export function benchTokenizer(options: TokenizerBenchOptions = {}): TokenizerBenchRow[] {
  const { ks = [4, 6, 8], barcodes = 5000, rounds = 7 } = options;
  const python = options.python ?? process.env['BIOSCAN_PYTHON'] ?? 'python3';
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-bench-'));
  try {
    const sequences = syntheticBarcodes(barcodes);
    const file = join(folder, 'barcodes.txt');
    writeFileSync(file, sequences.join('\n'));
    return ks.map((k) => benchOne(k, sequences, file, rounds, python));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchOne(
  k: number,
  sequences: readonly string[],
  file: string,
  rounds: number,
  python: string,
): TokenizerBenchRow {
  const tokenizer = kmerTokenizer(kmerVocabulary('current', k));
  tokenizer.encodeBatch(sequences);
  const ours: number[] = [];
  const peer: number[] = [];
  let version = '';
  for (let round = 0; round < rounds; round++) {
    const reply = spawnSync(python, ['bench/tokenizer.py', file, String(k), '1'], { encoding: 'utf8' });
    if (reply.status !== 0) throw new Error(`bench: ${python} failed: ${reply.stderr}`);
    const theirs = JSON.parse(reply.stdout) as { seconds: number[]; checksum: number; python: string };
    version = theirs.python;
    peer.push((theirs.seconds[0]! * 1e6) / sequences.length);
    const start = performance.now();
    const { ids, attended } = tokenizer.encodeBatch(sequences);
    ours.push(((performance.now() - start) * 1e3) / sequences.length);
    const checksum = ids.reduce((sum, id) => sum + id, 0) + attended.reduce((sum, n) => sum + n, 0);
    if (checksum !== theirs.checksum) throw new Error(`bench: k=${k}: ids differ from the reference`);
  }
  return {
    name: `tokenizer k=${k}, µs a barcode`,
    ours: median(ours),
    peer: median(peer),
    ratio: median(peer.map((time, i) => time / ours[i]!)),
    goal: 5,
    versions: `Node ${process.versions.node}, Python ${version}`,
  };
}

function syntheticBarcodes(count: number): string[] {
  const random = rng(1).split('bench tokenizer');
  return Array.from({ length: count }, () => {
    const length = 600 + random.integer(80);
    return Array.from({ length }, () => 'ACGTACGTACGTACGTACGTN'[random.integer(21)]!).join('');
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
