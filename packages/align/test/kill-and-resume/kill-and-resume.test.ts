import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignmentFiles } from '@bioscan/align';
import { rng } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

/** Kill when a line of this kind has been said `count` times, `delay` milliseconds later. */
interface Kill {
  readonly line: string;
  readonly count: number;
  readonly delay: number;
}

const child = new URL('./child.ts', import.meta.url).pathname;
const random = rng(78);

/** At a step, and while the config, a checkpoint, the best and the last file are written. */
const kills: readonly Kill[] = [
  { line: `write ${alignmentFiles.config}`, count: 1, delay: 0 },
  { line: 'step', count: 9, delay: 5 * random.uniform() },
  { line: `write ${alignmentFiles.resume}`, count: 2, delay: 3 * random.uniform() },
  { line: `write ${alignmentFiles.best}`, count: 1, delay: random.uniform() },
  { line: 'step', count: 17, delay: 5 * random.uniform() },
  { line: `write ${alignmentFiles.model}`, count: 1, delay: random.uniform() },
];

/** Runs the child to its end or its death; resolves to the signal that ended it. */
function run(folder: string, kill?: Kill): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions', '@bioscan/source', '--import', 'tsx', child, folder];
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

describe('an alignment that is killed and resumed', () => {
  it('ends with the same bytes as one that was not, dropout and averages on', { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bioscan-align-kill-'));
    try {
      const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
      const uninterrupted = run(whole);
      const signals: (NodeJS.Signals | null)[] = [];
      for (const kill of kills) signals.push(await run(broken, kill));
      await run(broken);
      await uninterrupted;
      expect(signals.filter((signal) => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(4);
      for (const name of Object.values(alignmentFiles)) {
        expect(readFileSync(join(broken, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
      }
      const log = readFileSync(join(broken, alignmentFiles.log), 'utf8').trim().split('\n');
      expect(log.length).toBeGreaterThan(60);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
