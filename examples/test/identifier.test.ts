import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Runs an example with the sources of the packages; its output. */
function ran(script: string, out: string): string {
  const flags = ['--conditions=@bioscan/source', '--import', 'tsx', script, '--out', out];
  const result = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 170_000 });
  expect(result.status, result.stderr).toBe(0);
  return result.stdout;
}

it('08-identify-photos: from photos with barcodes to names, in three commands and in TypeScript', () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const text = ran('examples/08-identify-photos.ts', out);
    expect(text).toContain('SIMULATED');
    expect(text).toMatch(/run: 60 steps, best validation 0\.\d+/u);
    expect(text).toContain('Calibration, cross-fitted by species');
    expect(text).toContain('how often a confident name is right was not measured');
    expect(text).toMatch(/order Diptera \d+ %/u);
    expect(text).toContain('set aside (bad-file)');
    const card = readFileSync(join(out, 'identifier', 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('SIMULATED: property of generator');
    expect(card).toContain('- Confidence: fitted on');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 180_000);

it('09-pilot-your-photos: accuracy with intervals at home and elsewhere, and a shift where there is one', () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const [, home = '', elsewhere = ''] = ran('examples/09-pilot-your-photos.ts', out).split('===');
    expect(home).toContain('the same set-up');
    expect(home).toContain('validation photos: no shift seen');
    expect(elsewhere).toContain('validation photos: shifted');
    for (const text of [home, elsewhere]) {
      expect(text).toMatch(/\| species \| \d+\.\d \[\d+\.\d, \d+\.\d\]/u);
      expect(text).toMatch(/With \d+ photos a drop of similarity/u);
    }
    expect(existsSync(join(out, 'another-set-up.html'))).toBe(true);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 180_000);
