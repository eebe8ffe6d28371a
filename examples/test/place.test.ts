import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metric, Report } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

describe('examples of place run on small data', () => {
  it('15-does-place-help: a table of arms and a sentence that the intervals allow, with congeners apart and together', () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
    try {
      const words = ['--conditions=@bioscan/source', '--import', 'tsx', 'examples/15-does-place-help.ts'];
      const flags = [...words, '--quick', '--out', out];
      const result = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 170_000 });
      expect(result.status, result.stderr).toBe(0);
      for (const sympatry of [0, 1]) {
        const text = readFileSync(join(out, `sympatry-${sympatry}.json`), 'utf8');
        const { tables, banner, limits, summary } = JSON.parse(text) as Report;
        expect(banner).toContain('SIMULATED');
        expect(limits.length).toBeGreaterThan(2);
        expect(tables[0]?.rows.map(([arm]) => arm)).toEqual([
          'nothing (a 24-bp mini-barcode)',
          'range prior',
          'frequency only',
          'coordinates permuted within genus',
          'coordinate 1-NN',
          'range prior, sites known (leaks)',
        ]);
        const signal = tables[0]?.rows[0]?.[1] as Metric;
        expect(signal.value).toBeGreaterThan(0.2);
        expect(signal.value).toBeLessThan(0.95);
        const permuted = tables[0]?.rows[3]?.[2] as Metric;
        expect(permuted.interval?.low).toBeLessThan(0.02);
        expect(result.stdout).toContain(summary[0]);
      }
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 180_000);
});
