import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '@bioscan/core';

it('12-attribute: from a simulated world to one table and one sentence', { timeout: 180_000 }, () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-attribute-'));
  try {
    const words = [
      '--conditions=@bioscan/source',
      '--import',
      'tsx',
      'examples/12-attribute.ts',
      '--quick',
      '--out',
      out,
    ];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout.indexOf('With power 0.8')).toBeLessThan(result.stdout.indexOf('test 1/3'));
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.banner).toMatch(/^SIMULATED: property of generator/);
    expect(report.tables[0]?.rows.map(([arm]) => arm)).toEqual(['raw', 'image-only, 1x passes', 'image + DNA']);
    const [, trained, aligned] = report.tables[0]?.rows ?? [];
    const column = (name: string): number => report.tables[0]?.columns.indexOf(name) ?? -1;
    // Equal photo passes: half the steps of two views against all of one.
    expect(Number(trained?.[column('image passes')])).toBeGreaterThan(0);
    expect(Number(aligned?.[column('GFLOP')])).toBeGreaterThanOrEqual(0);
    expect(readdirSync(join(out, 'runs')).filter((name) => name.endsWith('.json'))).toHaveLength(6);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
