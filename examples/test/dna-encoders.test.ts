import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@bioscan/core';
import { expect, it } from 'vitest';

function ran(script: string, check: (out: string, text: string) => void): void {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const words = ['--conditions=@bioscan/source', '--import', 'tsx', script, '--quick', '--out', out];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toContain('SIMULATED');
    check(out, result.stdout);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function reportOf(path: string): Report {
  return JSON.parse(readFileSync(path, 'utf8')) as Report;
}

it('13-any-dna-encoder: three kinds of ONNX encoders in one table with k-mers and alignment', () => {
  ran('examples/13-any-dna-encoder.ts', (out, text) => {
    const { tables, provenance, warnings } = reportOf(join(out, 'report.json'));
    expect(tables[0]?.rows).toHaveLength(6);
    const random = tables[0]?.rows.filter(([name]) => typeof name === 'string' && name.endsWith('random'));
    expect(random?.map((row) => row.includes('baseline'))).toEqual([true, true, true]);
    expect(provenance.encoders.map(({ settings }) => settings['tokenizer'])).toContain('tokenizer.json');
    expect(warnings.join()).toContain('random');
    expect(text).toContain('"padding":"none"');
  });
}, 180_000);

it('14-search-and-teach: a sweep with all probes, and names on three towers in two ways', () => {
  ran('examples/14-search-and-teach.ts', (out, text) => {
    const sweep = reportOf(join(out, 'sweep.json'));
    expect(sweep.tables[0]?.rows.map(([name]) => name)).toEqual(['3-1-2-seed-0', '4-1-2-seed-0']);
    expect(sweep.provenance.seeds).toEqual([0]);
    expect(text).toContain('47.03');
    expect(readdirSync(join(out, 'cells'))).toHaveLength(2);
    const { tables } = reportOf(join(out, 'report.json'));
    expect(tables[0]?.rows.filter((row) => row.includes('labels used'))).toHaveLength(6);
  });
}, 180_000);
