import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metric, Report } from '@bioscan/core';
import { describe, expect, it } from 'vitest';

function run(script: string): { readonly text: string; readonly report: Report; readonly page: string } {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const words = ['--conditions=@bioscan/source', '--import', 'tsx', script, '--quick', '--out', out];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
    expect(result.status, result.stderr).toBe(0);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    return { text: result.stdout, report, page: readFileSync(join(out, 'report.html'), 'utf8') };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

describe('examples of evaluation run on small data', () => {
  it('06-retrieval-table: from vectors to the table, with pictures of the keys', () => {
    const { text, report, page } = run('examples/06-retrieval-table.ts');
    expect(text).toContain('SIMULATED');
    const rows = report.tables[0]?.rows ?? [];
    expect(new Set(rows.map(([pair]) => pair))).toEqual(new Set(['image → image', 'dna → dna']));
    const [species, chance] = ['yours', 'chance'].map(
      (name) =>
        rows.find(
          ([pair, rank, system]) => pair === 'dna → dna' && rank === 'species' && system === name,
        )?.[4] as Metric,
    );
    expect(species?.value).toBeGreaterThan((chance?.value ?? 1) + 0.3);
    const titles = report.tables.map(({ title }) => title);
    expect(titles).toContain('Calibration by set (dna → dna)');
    expect(titles).toContain('Open set: is the species new? (dna → dna)');
    expect(report.figures.map(({ title }) => title)).toContain('Reliability (image → image)');
    expect(report.trees?.map(({ rows: lines }) => lines.length > 10)).toEqual([true, true]);
    expect(page.match(/data:image\/jpeg/g)?.length).toBeGreaterThan(20);
  }, 180_000);

  it('07-zero-shot-clustering: from vectors to AMI by rank', () => {
    const { text, report } = run('examples/07-zero-shot-clustering.ts');
    expect(text).toContain('SIMULATED');
    const dna = report.tables[0]?.rows.find(([name]) => name === 'DNA');
    const at = report.tables[0]?.columns.indexOf('species') ?? -1;
    expect((dna?.[at] as Metric).value).toBeGreaterThan(0.5);
    expect(report.figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'point']);
    expect(report.figures[2]?.series.flatMap(({ points }) => points)[0]?.label).toMatch(/ \(.+\)$/u);
  }, 180_000);
});
