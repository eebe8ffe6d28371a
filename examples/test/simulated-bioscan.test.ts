import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { datasetFiles } from '@bioscan/sim';

it('04-simulated-bioscan: makes a data set, reads it back, shows what was planted, ends with a contact sheet', () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const words = ['--import', 'tsx', 'examples/04-simulated-bioscan.ts', '--specimens', '150', '--out', out];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toContain('SIMULATED');
    expect(result.stdout).toContain('150 records, 0 rejected');
    expect(result.stdout).toContain('Diptera');
    expect(result.stdout).toContain('plate-rotated');
    expect(existsSync(join(out, datasetFiles.contactSheet))).toBe(true);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 180_000);
