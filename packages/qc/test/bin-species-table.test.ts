import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { binSpeciesTable, discordantBins, speciesInSeveralBins, type AuditRecord } from '@bioscan/qc';

function rows(...cells: readonly (readonly [string | undefined, string | undefined, number])[]): AuditRecord[] {
  return cells.flatMap(([bin, species, count], cell) =>
    Array.from({ length: count }, (_, i) => ({
      processId: `C${cell}-${i}`,
      lineage: species === undefined ? {} : { species },
      ...(bin === undefined ? {} : { bin }),
    })),
  );
}

describe('binSpeciesTable', () => {
  const table = binSpeciesTable(
    rows(
      ['B1', 'x', 9],
      ['B1', 'y', 1],
      ['B2', 'y', 2],
      ['B2', undefined, 3],
      [undefined, 'x', 4],
      ['B3', 'z', 1],
      ['B4', 'z', 1],
    ),
  );

  it('counts pairs and leaves half-labelled records out', () => {
    expect(table).toEqual({
      records: 14,
      cells: [
        { bin: 'B1', species: 'x', records: 9 }, { bin: 'B1', species: 'y', records: 1 }, { bin: 'B2', species: 'y', records: 2 },
        { bin: 'B3', species: 'z', records: 1 }, { bin: 'B4', species: 'z', records: 1 },
      ],
    }); // prettier-ignore
  });

  it('asks for a minimum of a species in all, never of the lone record that betrays a misidentification', () => {
    expect(discordantBins(table).map(({ name, cells }) => [name, cells.map(({ species }) => species)])).toEqual([
      ['B1', ['x', 'y']],
    ]);
    expect(speciesInSeveralBins(table).map(({ name, total }) => [name, total])).toEqual([['y', 3]]);
    expect(speciesInSeveralBins(table, 1).map(({ name }) => name)).toEqual(['y', 'z']);
    expect(discordantBins(table, 4)).toEqual([]);
  });
});

const realData = process.env.BIOSCAN_REAL_DATA;
if (realData === undefined) console.warn('golden BIN counts skipped: BIOSCAN_REAL_DATA is not set');

describe.skipIf(realData === undefined || !existsSync(realData))('binSpeciesTable on insects', () => {
  it('has the golden counts', () => {
    const file = join(realData ?? '', 'coi', 'insects.tsv.gz');
    const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
    const table = binSpeciesTable(
      lines.map((line): AuditRecord => {
        const [processId = '', , bin = ''] = line.split('\t', 3);
        const species = line.split('\t', 10)[9] ?? '';
        return { processId, lineage: species === '' ? {} : { species }, ...(bin === '' ? {} : { bin }) };
      }),
    );
    expect([discordantBins(table, 1).length, speciesInSeveralBins(table, 1).length]).toEqual([41, 252]);
    expect([discordantBins(table).length, speciesInSeveralBins(table).length]).toEqual([41, 251]);
    const loneNames = discordantBins(table).filter(({ cells }) => cells.at(-1)?.records === 1);
    expect(loneNames).toHaveLength(26);
    expect(discordantBins(table).map(({ name }) => name)).toContain('BOLD:AAO3453');
  });
});
