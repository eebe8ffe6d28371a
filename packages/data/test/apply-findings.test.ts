import { describe, expect, it } from 'vitest';
import { isBioscanError } from '@bioscan/core';
import { applyFindings, type Decision, type SpecimenRow } from '@bioscan/data';

const table: readonly SpecimenRow[] = [
  { processId: 'A', lineage: { genus: 'Aedes', species: 'Aedes aegipti' }, bin: 'BOLD:AAA0001' },
  { processId: 'B', lineage: {}, place: { country: 'Norway', latitude: 10, longitude: 60 } },
  { processId: 'C', lineage: {}, other: { colour: 'red' } },
];

async function apply(
  decisions: readonly Decision[],
): Promise<{ rows: SpecimenRow[]; applied: ReturnType<typeof applyFindings> }> {
  const applied = applyFindings(table, decisions);
  const rows: SpecimenRow[] = [];
  for await (const row of applied.rows) rows.push(row);
  return { rows, applied };
}

describe('applyFindings', () => {
  it('changes what was decided, leaves the rest alone, and logs both values', async () => {
    const before = structuredClone(table);
    const { rows, applied } = await apply([
      { processId: 'A', changes: { species: 'Stegomyia aegypti' }, reason: 'misspelt-name' },
      { processId: 'B', changes: { latitude: 60, longitude: 10 }, reason: 'swapped' },
      { processId: 'A', changes: { bin: null } },
      { processId: 'X', exclude: true },
    ]);
    expect(rows).toEqual([
      { processId: 'A', lineage: { genus: 'Stegomyia', species: 'Stegomyia aegypti' } },
      { processId: 'B', lineage: {}, place: { country: 'Norway', latitude: 60, longitude: 10 } },
      table[2],
    ]);
    expect(rows[2]).toBe(table[2]);
    expect(table).toEqual(before);
    expect(applied.unused()).toEqual(['X']);
    expect(applied.log).toContainEqual({ processId: 'B', field: 'latitude', from: 10, to: 60, reason: 'swapped' });
    expect(applied.log).toContainEqual({ processId: 'A', field: 'bin', from: 'BOLD:AAA0001', reason: 'misspelt-name' });
    expect(applied.log).toHaveLength(5);
  });

  it('leaves records out only when told so', async () => {
    const { rows, applied } = await apply([{ processId: 'C', exclude: true, reason: 'contaminant' }]);
    expect(rows.map(({ processId }) => processId)).toEqual(['A', 'B']);
    expect(applied.log).toEqual([
      { processId: 'C', field: 'record', from: 'kept', to: 'left out', reason: 'contaminant' },
    ]);
  });

  it('refuses to change process ids and fields that are none', () => {
    for (const field of ['processId', 'colour']) {
      try {
        applyFindings(table, [{ processId: 'A', changes: { [field]: 'x' } }]);
        expect.unreachable();
      } catch (error) {
        expect(isBioscanError(error) && error.code).toBe('bad-input');
      }
    }
  });
});
