import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('05-barcode-distances: from simulated records to distances, boxes, suspects and gaps', () => {
  const out = mkdtempSync(join(tmpdir(), 'bioscan-example-'));
  try {
    const words = ['--import', 'tsx', 'examples/05-barcode-distances.ts', '--specimens', '300', '--out', out];
    const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 170_000 });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toContain('SIMULATED');
    expect(result.stdout).toMatch(/Within one species: [\d.]+ % on average/u);
    expect(result.stdout).toMatch(/names stand out; \d+ of them have a planted error/u);
    expect(result.stdout).toMatch(/\d+ have a gap, \d+ from both sides/u);
    const pictures = readdirSync(out).filter((name) => name.endsWith('.svg'));
    expect(pictures.length).toBeGreaterThan(4);
    expect(readFileSync(join(out, 'figure-1.svg'), 'utf8')).toContain('</svg>');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 180_000);
