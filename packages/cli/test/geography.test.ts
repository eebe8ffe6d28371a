import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@bioscan/core';
import { exitCodes } from '@bioscan/cli';
import { afterAll, describe, expect, it } from 'vitest';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-geography-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('bioscan geography', () => {
  it('counts countries and cells, draws them, and says how many pairs were half', async () => {
    const file = join(folder, 'records.tsv');
    const rows = [
      ['A1-20', 'Peru', '-10.5', '-75.5'],
      ['A2-20', 'Peru', '-10.5', '-75.5'],
      ['A3-20', 'Peru', '-10.5', ''],
      ['A4-20', 'Chad', '12.1', '15.0'],
      ['A5-20', '', '', ''],
    ];
    const columns = ['processid', 'country', 'lat', 'lon'];
    writeFileSync(file, `${[columns, ...rows].map((row) => row.join('\t')).join('\n')}\n`);
    const out = join(folder, 'out');
    const { code, out: text, err } = await bioscan('geography', file, '--out', out);
    expect(code, err).toBe(exitCodes.ok);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.tables[0]?.rows).toEqual([
      ['Peru', 3, '60.0'],
      ['Chad', 1, '20.0'],
    ]);
    expect(report.maps?.[0]?.cells.map(({ value }) => value)).toEqual([2, 1]);
    expect(report.warnings).toEqual(['1 half coordinate pairs were set aside when reading.']);
    expect(readFileSync(join(out, 'report.html'), 'utf8').match(/<polygon /g)).toHaveLength(2);
    expect(text).toContain(
      '5 records of 2 countries; 3 have coordinates, 2 places in all. Most come from Peru: 60.0 %.',
    );
  });
});
