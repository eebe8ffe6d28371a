import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '@bioscan/core';
import { worlds, writeDataset } from '@bioscan/sim';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-attribute-'));
const data = join(folder, 'data');

beforeAll(async () => {
  await writeDataset(data, { seed: 5, specimens: 500, species: 36, world: worlds.complete }, { threads: 2 });
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('bioscan attribute and price on a folder of photos and barcodes', () => {
  it('prints the power, then one table; the same command again trains nothing', { timeout: 120_000 }, async () => {
    const out = join(folder, 'attribute');
    const words = ['attribute', data, '--quick', '--steps', '2', '--lanes', '1', '--out', out];
    const first = await bioscan(...words);
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/With power 0.8 the comparison sees a gain of \d/);
    expect(first.out).toMatch(/Photo to photo, species at rank one/);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.banner).toMatch(/^SIMULATED/);
    expect(report.tables[0]?.rows).toHaveLength(3);
    const runs = readdirSync(join(out, 'runs'));
    expect(runs).toHaveLength(6);
    const bytes = runs.map((name) => readFileSync(join(out, 'runs', name), 'utf8'));
    expect((await bioscan(...words)).out).toBe(first.out);
    expect(runs.map((name) => readFileSync(join(out, 'runs', name), 'utf8'))).toEqual(bytes);
  });

  it('prices shares of sequenced specimens', { timeout: 120_000 }, async () => {
    const out = join(folder, 'price');
    const { code, out: output } = await bioscan(
      'price',
      data,
      '--quick',
      '--cost',
      '3',
      '--steps',
      '1',
      '--lanes',
      '1',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(output).toMatch(/\| 0 % +\| random +\| 0 +\| 0 /);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.tables[0]?.rows).toHaveLength(12);
    const costs = report.tables[0]?.rows.map((row) => [row[2], row[3]] as [number, number]) ?? [];
    expect(costs.every(([specimens, cost]) => cost === 3 * specimens)).toBe(true);
  });

  it('refuses a folder without a table', async () => {
    const { code, err: errors } = await bioscan('attribute', join(folder, 'none'), '--out', join(folder, 'x'));
    expect(code).toBe(3);
    expect(errors).toMatch(/expected a folder laid out as BIOSCAN-5M/);
  });
});
