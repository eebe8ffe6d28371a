import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
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

  it('03-crop-and-measure: from photos to crops, sizes and boxes', () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
    try {
      const words = ['--import', 'tsx', 'examples/03-crop-and-measure.ts', '--out', out];
      const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 110_000 });
      expect(result.status, result.stderr).toBe(0);
      // Half length 120 pixels: 240 x 0.0083 mm.
      expect(result.stdout).toMatch(/DRAWN1-26 .*1\.99/u);
      expect(result.stdout).toMatch(/DRAWN2-26 .*several-specimens/u);
      expect(result.stdout).toMatch(/DRAWN3-26 .*empty/u);
      expect(readdirSync(join(out, 'crops')).sort()).toEqual(['DRAWN1-26.jpg', 'DRAWN2-26.jpg']);
      expect(readFileSync(join(out, 'boxes.tsv'), 'utf8').trim().split('\n')).toHaveLength(3);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 120_000);
});
