import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '@bioscan/core';

describe('examples run on small data', () => {
  it('01-open-world-barcodes: from simulated records to a report and a picture', () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
    try {
      const words = ['--import', 'tsx', 'examples/01-open-world-barcodes.ts', '--quick', '--out', out];
      const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
      expect(result.status, result.stderr).toBe(0);
      expect(result.stdout).toContain('SIMULATED');
      expect(result.stdout).toContain(join(out, 'report.html'));
      const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
      expect(report.banner).toContain('SIMULATED');
      expect(report.tables[0]?.rows.map(([name]) => name)).toContain('untrained BarcodeBERT');
      expect(readFileSync(join(out, 'accuracy.svg'), 'utf8')).toContain('</svg>');
      expect(existsSync(join(out, 'report.html'))).toBe(true);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 180_000);
});
