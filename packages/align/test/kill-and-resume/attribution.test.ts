import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

const child = new URL('./attribution-child.ts', import.meta.url).pathname;

interface Ended {
  readonly signal: NodeJS.Signals | null;
  /** Runs that this process made. */
  readonly runs: number;
  readonly result: string | undefined;
}

/** Runs the child to its end, or kills it a moment after so many runs. */
function run(folder: string, killAfter = Infinity, delay = 0): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions', '@bioscan/source', '--import', 'tsx', child, folder];
    const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    let aimed = false;
    process_.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (aimed || said.split('run\n').length - 1 < killAfter) return;
      aimed = true;
      setTimeout(() => process_.kill('SIGKILL'), delay);
    });
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`child ended with ${code}`));
      else resolve({ signal, runs: said.split('run\n').length - 1, result: /^result (.*)$/m.exec(said)?.[1] });
    });
  });
}

function records(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('an attribution that is killed and called again', () => {
  it('goes on where it was, with the same records and the same choice', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bioscan-attribution-kill-'));
    try {
      const random = rng(5);
      const whole = run(join(folder, 'whole'));
      const broken = join(folder, 'broken');
      const [first, second] = [await run(broken, 3, 3 * random.uniform()), await run(broken, 7, 3 * random.uniform())];
      const kept = records(broken).size;
      const last = await run(broken);
      const { result, runs } = await whole;
      expect([first.signal, second.signal, last.signal]).toEqual(['SIGKILL', 'SIGKILL', null]);
      expect(kept).toBeGreaterThanOrEqual(6);
      // What has a record is not run again.
      expect(last.runs).toBe(runs - kept);
      expect(last.result).toBe(result);
      expect(records(broken)).toEqual(records(join(folder, 'whole')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
