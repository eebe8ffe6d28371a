import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@bioscan/core';
import { exitCodes } from '@bioscan/cli';
import { distanceTask, measurePairs, type PairTask } from '@bioscan/qc';
import { nodePool } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-distances-'));
const path = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `n` copies of a sequence, the i-th with i letters changed. */
function relatives(n: number, seed: number): string[] {
  let state = seed;
  const letter = (): string => 'ACGT'[(state = (state * 48271) % 2147483647) & 3] as string;
  const ancestor = Array.from({ length: 658 }, letter);
  return Array.from({ length: n }, (_, i) =>
    ancestor.map((base, at) => (at % 80 === 7 && at / 80 < i ? (base === 'A' ? 'C' : 'A') : base)).join(''),
  );
}

function table(name: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  writeFileSync(path(name), `${[columns, ...rows].map((row) => row.join('\t')).join('\n')}\n`);
  return path(name);
}

const species = ['Aedes albopictus', 'Aedes aegypti', 'Culex pipiens'];
const rows = species.flatMap((name, s) =>
  relatives(6, 11 + s).map((barcode, i) => [`P${s}${i}-20`, 'Diptera', name.split(' ')[0] as string, name, barcode]),
);
const columns = ['processid', 'order', 'genus', 'species', 'nucleotides'];

describe('bioscan distances', () => {
  it('prints a table and writes a page with boxes; a second run measures nothing', async () => {
    const file = table('records.tsv', columns, rows);
    const first = await bioscan('distances', file, '--ranks', 'order,species', '--out', path('out'));
    expect(first.code, first.err).toBe(exitCodes.ok);
    expect(first.out).toContain('Within one species');
    const report = JSON.parse(readFileSync(path('out/report.json'), 'utf8')) as Report;
    // Six barcodes with 0 to 5 changes in a row: differences 1 (5 pairs), 2 (4), 3 (3), 4 (2), 5 (1).
    const mean = (5 + 8 + 9 + 8 + 5) / 15 / 6.58;
    const line = report.tables[0]?.rows.find(([rank]) => rank === 'species');
    expect(Number(line?.[12])).toBeCloseTo(mean, 3);
    expect(report.figures.map(({ kind }) => kind)).toEqual(['box', 'box', 'line']);
    expect(readFileSync(path('out/report.html'), 'utf8')).toContain('<svg');
    const [log = ''] = readdirSync(path('out')).filter((name) => name.endsWith('.jsonl'));
    const before = readFileSync(path(`out/${log}`), 'utf8');
    const again = await bioscan('distances', file, '--ranks', 'order,species', '--out', path('out'));
    expect(again.out).toBe(first.out);
    expect(readFileSync(path(`out/${log}`), 'utf8')).toBe(before);
  });

  it('takes every measure, lower case and gaps', async () => {
    const odd = rows.map((row, i) => (i === 2 ? [...row.slice(0, 4), `--${(row[4] as string).toLowerCase()}`] : row));
    for (const measure of ['k2p', 'levenshtein', 'damerau', 'paper']) {
      const words = ['--ranks', 'species', '--measure', measure, '--json'];
      const result = await bioscan('distances', table('odd.tsv', columns, odd), ...words);
      expect(result.code, result.err).toBe(exitCodes.ok);
      const { tables } = JSON.parse(result.out) as Report;
      expect(tables[0]?.rows[0]?.slice(0, 3), measure).toEqual(['species', 3, 18]);
    }
  });

  it('says what is missing', async () => {
    const none = table(
      'none.tsv',
      ['processid', 'nucleotides'],
      rows.map((row) => [row[0] as string, row[4] as string]),
    );
    const result = await bioscan('distances', none);
    expect(result.code).toBe(exitCodes.badInput);
    expect(result.err).toContain('no names at class, order, family, genus, species');
    const alone = table(
      'alone.tsv',
      columns,
      rows.filter((_, i) => i % 6 === 0),
    );
    const singletons = await bioscan('distances', alone, '--ranks', 'species');
    expect(singletons.code, singletons.err).toBe(exitCodes.ok);
    expect(singletons.out).toContain('no species has 2 barcodes');
    expect((await bioscan('distances', alone, '--ranks', 'tribe')).code).toBe(exitCodes.usage);
  });

  it('measures the same on a thread', async () => {
    const pool = nodePool(new URL('../dist/worker.js', import.meta.url), { size: 1 });
    try {
      const task: PairTask = { measure: 'p', work: [{ barcodes: relatives(5, 3), from: 0, to: 4 }] };
      expect(await pool.run(distanceTask, task)).toEqual(measurePairs(task));
    } finally {
      await pool.close();
    }
  });
});
