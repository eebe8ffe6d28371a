import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('11-a-morning-of-triage: from an export to a list, decisions and a curated table', () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const words = [
      '--conditions=@bioscan/source',
      '--import',
      'tsx',
      'examples/11-a-morning-of-triage.ts',
      '--out',
      out,
    ];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 110_000 });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toContain('SIMULATED');
    const [, right = '0', all = '0'] =
      /(\d+) of the (\d+) records left out bore a planted error/.exec(result.stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(20);
    expect(Number(right) / Number(all)).toBeGreaterThan(0.85);
    expect(existsSync(join(out, 'curated.tsv'))).toBe(true);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 120_000);
