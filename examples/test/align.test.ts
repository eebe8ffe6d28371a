import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('10-align-photos-with-barcodes', () => {
  it('trains on a small collection, validates on the way, and compares with what it started from', () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
    try {
      const small = ['--specimens', '100', '--steps', '8', '--batch', '8', '--size', '16', '--out', out];
      const words = [
        '--conditions=@bioscan/source',
        '--import',
        'tsx',
        'examples/10-align-photos-with-barcodes.ts',
        ...small,
      ];
      const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
      expect(result.status, result.stderr).toBe(0);
      expect(result.stdout).toContain('SIMULATED');
      expect(result.stdout).toMatch(/step 8: loss \d\.\d+, validation 0\.\d+, 0 s left/u);
      expect(result.stdout).toMatch(/untrained.*\n.*aligned, \d steps/u);
      expect(readdirSync(join(out, 'run'))).toContain('best.safetensors');
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 180_000);
});
