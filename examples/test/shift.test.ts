import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metric, Report } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

describe('examples of shift run on small data', () => {
  it('16-shift-and-look-alikes: seven curves, and congeners side by side with pictures', () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
    try {
      const words = ['--conditions=@bioscan/source', '--import', 'tsx', 'examples/16-shift-and-look-alikes.ts'];
      const result = spawnSync(process.execPath, [...words, '--quick', '--out', out], {
        encoding: 'utf8',
        timeout: 290_000,
      });
      expect(result.status, result.stderr).toBe(0);
      const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
      expect(report.banner).toContain('SIMULATED');
      expect(report.figures.map(({ title }) => title)).toHaveLength(7);
      const [light] = report.tables;
      const species = light?.rows.filter(([rank]) => rank === 'species') ?? [];
      expect(species.map(([, setting]) => setting)).toEqual(['1 (as taken)', '0.4']);
      const [asTaken, dark] = species.map(([, , macro]) => macro as Metric);
      // A histogram of colours cannot know a dark photo again.
      expect(asTaken?.value).toBeGreaterThan((dark?.value ?? 1) + 0.2);
      expect(report.tables.at(-1)?.title).toContain('confused most');
      const pictures = (report.grids ?? [])
        .flatMap(({ rows }) => rows)
        .filter(({ query }) => query.image !== undefined);
      expect(pictures.length).toBeGreaterThan(0);
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('data:image/jpeg');
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 300_000);
});
