import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { alternate } from './alternate.js';

export interface ClusteringSize {
  /** Points, or queries. */
  readonly n: number;
  readonly d: number;
  /** Rows behind the queries, for a search. */
  readonly keys?: number;
  readonly rounds: number;
}

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  readonly medianSeconds: number;
  readonly peakBytes: number;
  /** The tallest merge, or the sum of the nearest keys: equal on both sides. */
  readonly check: number;
}

interface Answer {
  readonly version?: string;
  readonly seconds: number;
  readonly peakBytes: number;
  readonly check: number;
}

/** Runs both sides of a task in processes of their own, alternating, on the same rows: unit vectors around centres. */
export async function compareSides(
  task: 'ward' | 'umap' | 'neighbours',
  { n, d, keys = 0, rounds }: ClusteringSize,
): Promise<readonly [ours: Side, theirs: Side]> {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-bench-'));
  try {
    const file = join(folder, 'rows.bin');
    await writeRows(file, n + keys, d);
    const words = [task, file, String(n), String(d)];
    const python = process.env['BIOSCAN_PYTHON'] ?? 'python3';
    const commands = [
      [
        process.execPath,
        '--conditions=@bioscan/source',
        '--import',
        'tsx',
        join(import.meta.dirname, 'clustering-ours.ts'),
      ],
      [python, join(import.meta.dirname, 'clustering-peer.py')],
    ];
    const answers: Answer[][] = [[], []];
    const contenders = commands.map((command, side) => ({
      name: side === 0 ? 'ours' : 'theirs',
      run: async () => {
        const answer = await ask([...command, ...words]);
        answers[side]?.push(answer);
        return answer.seconds;
      },
    }));
    const timings = await alternate(contenders, rounds, 0);
    const sides = timings.map(({ name, medianSeconds }, side): Side => {
      const all = answers[side] ?? [];
      const peakBytes = Math.max(...all.map((one) => one.peakBytes));
      return { name: all[0]?.version ?? name, medianSeconds, peakBytes, check: all[0]?.check ?? Number.NaN };
    });
    return sides as [Side, Side];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both sides as rows of a printed table. */
export function sideRows([ours, theirs]: readonly [Side, Side]): object[] {
  return [ours, theirs].map(({ name, medianSeconds, peakBytes, check }) => ({
    name,
    'median s': medianSeconds.toFixed(2),
    'times their speed': (theirs.medianSeconds / medianSeconds).toFixed(2),
    'peak MB': (peakBytes / 1e6).toFixed(0),
    check: check.toPrecision(8),
  }));
}

/** Clumps of about ten rows, half as wide as they are apart; each row of length 1. Written in parts: millions of numbers need not fit. */
async function writeRows(file: string, count: number, d: number): Promise<void> {
  const random = rng(1);
  const centres = Array.from({ length: Math.min(2000, Math.ceil(count / 10)) }, () => normals(d));
  const out = createWriteStream(file);
  const noise = normals(1 << 16);
  for (let start = 0; start < count; start += 4096) {
    const part = new Float32Array(Math.min(4096, count - start) * d);
    for (let row = 0; row < part.length; row += d) {
      const centre = centres[(start + row / d) % centres.length] as Float32Array;
      // Noise is drawn once and read from random places: quick, and no two rows get the same.
      const from = random.integer(noise.length);
      let squares = 0;
      for (let j = 0; j < d; j++) {
        const value = (centre[j] as number) + 0.5 * (noise[(from + j * 31) % noise.length] as number);
        part[row + j] = value;
        squares += value * value;
      }
      for (let j = 0; j < d; j++) part[row + j] = (part[row + j] as number) / Math.sqrt(squares);
    }
    if (!out.write(Buffer.from(part.buffer))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');

  function normals(length: number): Float32Array {
    return Float32Array.from({ length }, () => random.normal());
  }
}

async function ask([command = '', ...words]: readonly string[]): Promise<Answer> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0)
    throw new Error(`bench: ${command} ended with ${code}; the peer needs scikit-learn, umap-learn, faiss-cpu`);
  return JSON.parse(text) as Answer;
}
