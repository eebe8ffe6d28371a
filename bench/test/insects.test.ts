import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '@bioscan/cli';
import { Writable } from 'node:stream';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-insects-'));
const table = join(folder, 'records.tsv');
const quiet = new Writable({
  write: (_chunk, _encoding, done) => {
    done();
  },
});

beforeAll(async () => {
  expect(await runCli(['simulate', table, '--specimens', '600'], { stdout: quiet, stderr: quiet })).toBe(0);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(script: string, name: string): string {
  const words = ['--conditions=@bioscan/source', '--import', 'tsx', script, '--data', table, '--quick', '--steps', '4'];
  const out = join(folder, name);
  const more = name === 'boundary' ? ['--keys', '40'] : ['--seeds', '1'];
  const result = spawnSync(process.execPath, [...words, ...more, '--out', out], { encoding: 'utf8', timeout: 170_000 });
  expect(result.status, result.stderr).toBe(0);
  return readFileSync(join(out, name === 'boundary' ? 'tables.md' : 'report.md'), 'utf8');
}

it('the boundary of species: every system in every band, with counts', { timeout: 180_000 }, () => {
  const text = run('bench/insects/boundary.ts', 'boundary');
  for (const system of ['| p ', '| K2P ', '| PCoA of edit, ', '| aligned sites ', '| learned sites (labels used) ']) {
    expect(text).toContain(system);
  }
  expect(text).toMatch(/conspecific pairs\s+\|\s+\d+/u);
});

it('zero-shot clustering: every system at every rank', { timeout: 180_000 }, () => {
  const text = run('bench/insects/clustering.ts', 'clustering');
  for (const system of [
    'aligned sites',
    '6-mers',
    'alignment',
    'untrained BarcodeBERT',
    'learned sites',
    'true species',
  ]) {
    expect(text).toMatch(new RegExp(`\\| ${system} +\\|`, 'u'));
  }
});
