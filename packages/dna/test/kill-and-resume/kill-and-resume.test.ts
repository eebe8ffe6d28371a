import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rng, type Rng } from '@bioscan/core';
import { pretrainingFiles } from '@bioscan/dna';
import { describe, expect, it } from 'vitest';

/** Kill when a line of this kind has been said `count` times, `delay` milliseconds later. */
interface Kill {
  readonly line: string;
  readonly count: number;
  readonly delay: number;
}

const child = new URL('./child.ts', import.meta.url).pathname;

/** Eleven kills at random steps and checkpoint writes, and one while the last file is written. */
function planKills(random: Rng): readonly Kill[] {
  const kills = Array.from({ length: 11 }, (_, i) =>
    i % 2 === 0
      ? { line: 'step', count: 1 + random.integer(8), delay: 8 * random.uniform() }
      : { line: `write ${pretrainingFiles.resume}`, count: 1 + random.integer(2), delay: 4 * random.uniform() },
  );
  return [...kills, { line: `write ${pretrainingFiles.model}`, count: 1, delay: random.uniform() }];
}

/** Runs the child to its end or its death; resolves to the signal that ended it. */
function run(folder: string, threads: number, kill?: Kill): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions', '@bioscan/source', '--import', 'tsx', child, folder, String(threads)];
    const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complaint = '';
    let aimed = false;
    process_.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    process_.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const count = said.split('\n').filter((line) => kill !== undefined && line.startsWith(kill.line)).length;
      if (kill === undefined || aimed || count < kill.count) return;
      aimed = true;
      setTimeout(() => process_.kill('SIGKILL'), kill.delay);
    });
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`child ended with ${code}: ${complaint}`));
      else resolve(signal);
    });
  });
}

/** The log as it is, and the hashes of the files. */
function written(folder: string): Record<string, string> {
  const [resume, model] = [pretrainingFiles.resume, pretrainingFiles.model].map((name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  );
  return { log: readFileSync(join(folder, pretrainingFiles.log), 'utf8'), resume: resume!, model: model! };
}

async function chain(threads: number): Promise<{ kills: number; step: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-kill-'));
  try {
    const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
    await run(whole, threads);
    const random = rng(77).split(threads);
    let kills = 0;
    for (const kill of planKills(random)) kills += (await run(broken, threads, kill)) === 'SIGKILL' ? 1 : 0;
    await run(broken, threads);
    const expected = written(whole);
    expect(written(broken)).toEqual(expected);
    const { step } = JSON.parse(expected['log']!.trim().split('\n').at(-1)!) as { step: number };
    return { kills, step };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('pretraining that is killed and resumed', () => {
  it('ends with the same bytes as one that was not, dropout on, 1 and 2 threads', { timeout: 240_000 }, async () => {
    const [one, two] = await Promise.all([chain(1), chain(2)]);
    expect([one.step, two.step]).toEqual([130, 130]);
    expect(one.kills + two.kills).toBeGreaterThanOrEqual(20);
  });
});
