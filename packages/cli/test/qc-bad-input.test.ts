import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes } from '@bioscan/cli';
import { rng } from '@bioscan/core';
import { simulate, worlds } from '@bioscan/sim';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-qc-bad-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Summary {
  readonly records: number;
  readonly errors: number;
  readonly novelties: number;
  readonly checks: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
}

/** Runs `bioscan qc` on a table of these columns. */
async function check(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<Summary & { err: string }> {
  const file = join(folder, 'table.tsv');
  writeFileSync(file, `${[columns, ...rows].map((row) => row.join('\t')).join('\n')}\n`);
  const { code, out, err } = await bioscan('qc', file, '--json', '--out', join(folder, 'out'));
  expect(code, err).toBe(exitCodes.ok);
  return { ...(JSON.parse(out) as Summary), err };
}

const { specimens } = simulate({ specimens: 150, species: 12, seed: 21, world: worlds.complete });
const full = specimens.map(({ processId, bin = '', lineage, barcode = '' }) => [
  processId,
  bin,
  lineage.species ?? '',
  barcode,
]);
const columns = ['processid', 'bin_uri', 'species', 'nuc'];
const without = (name: string): [string[], string[][]] => {
  const at = columns.indexOf(name);
  return [columns.filter((_, i) => i !== at), full.map((row) => row.filter((_, i) => i !== at))];
};

describe('bioscan qc takes tables as they come', () => {
  it('without a BIN column: OTUs stand in, and it says so', async () => {
    const { records, skipped, checks } = await check(...without('bin_uri'));
    expect(records).toBe(150);
    expect(skipped.join()).toContain('no record has a BIN (OTUs at 99 % stand in)');
    expect(Object.keys(checks)).not.toContain('bin-several-names');
  });

  it('without a species column', async () => {
    const { skipped, checks } = await check(...without('species'));
    expect(skipped.join()).toContain('no record has a settled species name');
    expect(checks['nearer-other-species']).toBeUndefined();
  });

  it('all singletons: nothing can contradict', async () => {
    const seen = new Set<string>();
    const singles = full.filter(([, , species = '']) => species !== '' && !seen.has(species) && seen.add(species));
    const { records, checks } = await check(columns, singles);
    expect(records).toBe(seen.size);
    expect(checks['species-several-bins']).toBeUndefined();
    expect(checks['far-from-consensus']).toBeUndefined();
  });

  it('lower case, and aligned with gaps: the findings are those of the plain barcodes', async () => {
    const plain = await check(columns, full);
    const lower = await check(columns, full.map(([id = '', bin = '', species = '', barcode = '']) => [id, bin, species, barcode.toLowerCase()])); // prettier-ignore
    const gapped = await check(columns, full.map(([id = '', bin = '', species = '', barcode = '']) => [id, bin, species, `---${barcode.slice(0, 70)}---${barcode.slice(70)}--`])); // prettier-ignore
    expect(Object.keys(plain.checks).length).toBeGreaterThan(1);
    expect(lower.checks).toEqual(plain.checks);
    expect(gapped.checks).toEqual(plain.checks);
  });

  it('a species with 3,732 records beside a rare one: the one that bears the wrong name is found', async () => {
    const random = rng(3);
    const whole = specimens.filter(
      ({ barcode = '', lineage }) => barcode.length === 658 && lineage.species !== undefined,
    );
    const [common] = whole;
    const rare = whole.find(({ lineage }) => lineage.family !== common?.lineage.family);
    const vary = (barcode = ''): string => {
      // Third positions, so that the protein stays: every third letter from the first on.
      const at = 3 * random.integer(219);
      const letter = barcode.charAt(at);
      return `${barcode.slice(0, at)}${letter === 'A' ? 'G' : letter === 'G' ? 'A' : letter === 'C' ? 'T' : 'C'}${barcode.slice(at + 1)}`;
    };
    const rows = Array.from({ length: 3732 }, (_, i) => [
      `C${i}`,
      'BOLD:AAA0001',
      'Aus communis',
      vary(common?.barcode),
    ]);
    for (let i = 0; i < 8; i++) rows.push([`R${i}`, 'BOLD:AAA0002', 'Bus rarus', vary(rare?.barcode)]);
    rows.push(['WRONG', 'BOLD:AAA0002', 'Aus communis', vary(rare?.barcode)]);
    const { records, errors, checks } = await check(columns, rows);
    expect(records).toBe(3741);
    expect(checks['bin-several-names']).toBe(1);
    expect(checks['nearer-other-species']).toBe(1);
    expect(errors).toBeLessThan(20);
  }, 120_000);

  it('coordinates as text, half of a pair, at sea: set aside or reported, never fatal', async () => {
    const { records, err, checks } = await check(
      ['processid', 'species', 'country', 'lat', 'lon'],
      [
        ['A', 'Aus bus', 'Norway', '59,9 N', 'ten'],
        ['B', 'Aus bus', 'Norway', '59.9', ''],
        ['C', 'Aus bus', 'Norway', '59.9', '10.7'],
        ['D', 'Aus bus', '', '0', '-30'],
        ['E', 'Aus bus', 'United States', '18.4', '-66.1'],
        ['F', 'Aus bus', 'Norway', '10.7', '59.9'],
        ['G', 'Aus bus', 'Norway', '959.9', '10.7'],
      ],
    );
    expect(records).toBe(7);
    expect(err).toMatch(/set aside: 0 rows and 3 fields/);
    expect(err).toMatch(/half-pair 1/);
    expect([checks['coordinates-at-sea'], checks['coordinates-not-in-country']]).toEqual([1, 1]);
  });

  it('conflicting duplicate ids: the first is used, the conflict is a finding', async () => {
    const [one = [], ...rest] = full;
    const { records, checks } = await check(columns, [
      one,
      ...rest,
      [one[0] ?? '', one[1] ?? '', 'Zus zus', one[3] ?? ''],
      rest[0] ?? [],
    ]);
    expect(records).toBe(150);
    expect([checks['conflicting-duplicate-id'], checks['duplicate-id']]).toEqual([1, 1]);
  });
});
