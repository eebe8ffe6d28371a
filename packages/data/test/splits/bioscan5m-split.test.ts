import { barcodeKey, isBioscanError } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBioscan5mSplit } from '../../src/splits/bioscan5m-split.js';
import type { SplitPlan, SplitRecord } from '../../src/splits/split-plan.js';
import { splitTable } from '../../src/splits/split-table.js';
import { validateSplits } from '../../src/splits/validate-splits.js';
import { madeUpRecords } from './made-up-records.js';

const tables = fc.record({ seed: fc.nat(), species: fc.integer({ min: 1, max: 60 }) });

describe('planBioscan5mSplit, laws', () => {
  it('is a partition: each record in one split or set aside with a reason', () => {
    fc.assert(
      fc.property(tables, (made) => {
        const records = madeUpRecords(made);
        const { assignment, setAside } = planBioscan5mSplit(records);
        expect(assignment.size + setAside.length).toBe(records.length);
        for (const { processId, reason } of setAside) {
          expect(assignment.has(processId)).toBe(false);
          expect(reason).not.toBe('');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never puts a barcode into two splits, and keeps every invariant of the published split', () => {
    let tested = 0;
    fc.assert(
      fc.property(
        tables,
        fc.constantFrom('majority', 'set-aside'),
        fc.boolean(),
        (made, conflicts, propagateLabels) => {
          const records = madeUpRecords(made);
          const plan = planBioscan5mSplit(records, { conflicts, propagateLabels });
          tested += [...plan.assignment.values()].filter((split) => split === 'test').length;
          const splitOf = new Map<string, string>();
          for (const record of records) {
            const split = plan.assignment.get(record.processId);
            const key = barcodeKey(record.barcode ?? '');
            if (split === undefined) continue;
            expect(splitOf.get(key) ?? split).toBe(split);
            splitOf.set(key, split);
          }
          const broken = validateSplits(records, plan.assignment).filter(({ severity }) => severity === 'error');
          expect(broken.map(({ check, message }) => `${check}: ${message}`)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    expect(tested).toBeGreaterThan(1000);
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(tables, fc.nat(), (made, seed) => {
        const records = madeUpRecords(made);
        const shuffled = records.toSorted((a, b) => hash(a, seed) - hash(b, seed));
        expect(planBioscan5mSplit(shuffled).hash).toBe(planBioscan5mSplit(records).hash);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same split for the same seed and another for another', () => {
    const records = madeUpRecords({ seed: 3, species: 60 });
    const hashes = [1, 1, 2].map((seed) => planBioscan5mSplit(records, { seed }));
    expect(hashes[0]).toEqual(hashes[1]);
    expect([...hashes[2]!.assignment]).not.toEqual([...hashes[0]!.assignment]);
  });
});

describe('planBioscan5mSplit, steps', () => {
  it('sends each kind of species where 2.3 says', () => {
    const records = [
      ...rows('Aedes', 'Aedes aegypti', 8, 8),
      ...rows('Aedes', 'Aedes albopictus', 1, 1),
      ...rows('Aedes', 'Aedes sp. 1', 8, 8),
      ...rows('Aedes', 'Aedes sp. 2', 7, 7),
      ...rows('Nowhere', 'Nowhere sp. 3', 20, 20),
      ...rows('Aedes', undefined, 5, 5),
    ];
    const plan = planBioscan5mSplit(records);
    expect(counts(plan, records, 'Aedes aegypti')).toEqual({ train: 5, test: 3 });
    expect(counts(plan, records, 'Aedes albopictus')).toEqual({ train: 1 });
    // 5 left after test: target 1, one barcode.
    expect(counts(plan, records, 'Aedes sp. 1')).toEqual({ key_unseen: 4, test_unseen: 3, val_unseen: 1 });
    expect(counts(plan, records, 'Aedes sp. 2')).toEqual({ other_heldout: 7 });
    expect(counts(plan, records, 'Nowhere sp. 3')).toEqual({ other_heldout: 20 });
    expect(counts(plan, records, undefined)).toEqual({ pretrain: 5 });
    expect(plan.steps.reduce((sum, step) => sum + step.records, 0)).toBe(records.length);
  });

  it('tops val up from the long tail in name order until the quota, or in random order', () => {
    // 20 species of 10 records, 10 barcodes: test takes 3, 7 are left; quota = round(0.05 x 140) = 7.
    const records = Array.from({ length: 20 }, (_, i) =>
      rows('Aedes', `Aedes ${'abcdefghijklmnopqrst'.charAt(i)}us`, 10, 10),
    ).flat();
    const byName = planBioscan5mSplit(records);
    const species = speciesIn(byName, records, 'val');
    expect(species).toEqual(['aus', 'bus', 'cus', 'dus', 'eus', 'fus', 'gus'].map((name) => `Aedes ${name}`));
    const fair = speciesIn(planBioscan5mSplit(records, { longTailOrder: 'shuffled' }), records, 'val');
    expect(fair).toHaveLength(7);
    expect(fair).not.toEqual(species);
  });
});

describe('planBioscan5mSplit, the three defects of the published script', () => {
  const twins = 'ACGTACGTACGTACGTAAAA';
  const shared = [
    ...rows('Aedes', 'Aedes aegypti', 30, 30),
    record('T1', 'Aedes', 'Aedes aegypti', twins),
    record('T2', 'Aedes', undefined, `NN${twins}`),
    record('T3', 'Aedes', 'Aedes albopictus', twins),
    record('T4', 'Aedes', 'Aedes aegypti', `${twins}N`),
  ];

  it('moves unlabelled twins with their named ones, or sets them aside', () => {
    const plan = planBioscan5mSplit(shared);
    expect(plan.assignment.get('T2')).toBe(plan.assignment.get('T1'));
    expect(planBioscan5mSplit(shared, { propagateLabels: false }).setAside.map(({ processId }) => processId)).toEqual([
      'T2',
      'T3',
    ]);
  });

  it('settles barcodes under two names by majority, or sets them aside, and says so', () => {
    const plan = planBioscan5mSplit(shared);
    expect(plan.setAside).toEqual([{ processId: 'T3', reason: 'its barcode is found under several species' }]);
    expect(plan.warnings.join()).toContain('1 barcodes are found under several species');
    const strict = planBioscan5mSplit(shared, { conflicts: 'set-aside' });
    expect(strict.setAside.map(({ processId }) => processId)).toEqual(['T1', 'T2', 'T3', 'T4']);
  });

  it('refuses repeated process ids and sets records without a barcode aside', () => {
    expect(() => planBioscan5mSplit([...shared, shared[0]!])).toThrow(expect.toSatisfy(isBioscanError) as Error);
    const bare: SplitRecord = { processId: 'X1', lineage: { genus: 'Aedes', species: 'Aedes aegypti' } };
    expect(
      planBioscan5mSplit([...shared, bare, { ...bare, processId: 'X2', barcode: 'NNNN' }]).setAside.slice(-2),
    ).toEqual([
      { processId: 'X1', reason: 'no barcode' },
      { processId: 'X2', reason: 'no barcode' },
    ]);
  });
});

describe('validateSplits, bioscan5m', () => {
  const records = madeUpRecords({ seed: 11, species: 60, copies: 0, unlabelled: 0.1 });
  const plan = planBioscan5mSplit(records);

  it.each([
    [
      'split-barcode-shared',
      (assignment: Map<string, string>) => assignment.set(sameBarcode(records)[0]!, 'test_unseen'),
    ],
    ['split-pretrain-has-species', (assignment: Map<string, string>) => assignment.set(first('train'), 'pretrain')],
    ['split-seen-without-train', (assignment: Map<string, string>) => move(assignment, 'train', 'val')],
    ['split-unseen-without-keys', (assignment: Map<string, string>) => move(assignment, 'key_unseen', 'val_unseen')],
    [
      'split-species-sets-overlap',
      (assignment: Map<string, string>) => assignment.set(first('train'), 'other_heldout'),
    ],
    [
      'split-unseen-strange-genus',
      (assignment: Map<string, string>) => move(assignment, 'train', 'pretrain', 'val', 'test'),
    ],
    ['split-test-too-large', (assignment: Map<string, string>) => move(assignment, 'train', 'test')],
    ['split-test-too-small', (assignment: Map<string, string>) => assignment.set(smallest(), 'test')],
    ['split-unknown-name', (assignment: Map<string, string>) => assignment.set(first('train'), 'trian')],
    ['split-unassigned', (assignment: Map<string, string>) => assignment.delete(first('train'))],
  ])('finds %s', (check, breakIt) => {
    expect(validateSplits(records, plan.assignment).map((finding) => finding.check)).not.toContain(check);
    const assignment = new Map(plan.assignment);
    breakIt(assignment);
    const finding = validateSplits(records, assignment).find((one) => one.check === check);
    expect(finding?.records.length).toBeGreaterThan(0);
    expect(finding?.evidence.count).toBeGreaterThanOrEqual(finding!.records.length);
  });

  it('counts a table that adds up', () => {
    const table = splitTable(records, plan.assignment);
    expect(table.rows.map(([split]) => split)).toEqual([
      'pretrain', 'train', 'val', 'test', 'key_unseen', 'val_unseen', 'test_unseen', 'other_heldout',
    ]); // prettier-ignore
    expect(table.rows.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(plan.assignment.size);
    const seen = table.rows.slice(1, 4);
    expect(seen.reduce((sum, row) => sum + Number(row[7]), 0)).toBeCloseTo(100, 0);
  });

  function first(split: string): string {
    return [...plan.assignment].find(([, name]) => name === split)![0];
  }

  function smallest(): string {
    return records.find(({ processId, lineage }) => {
      const size = records.filter((other) => other.lineage.species === lineage.species).length;
      return size === 1 && plan.assignment.get(processId) === 'train';
    })!.processId;
  }
});

function move(assignment: Map<string, string>, from: string, to: string, ...also: string[]): Map<string, string> {
  for (const [id, split] of assignment) if (split === from || also.includes(split)) assignment.set(id, to);
  return assignment;
}

function sameBarcode(records: readonly SplitRecord[]): string[] {
  const seen = new Map<string, string>();
  for (const one of records) {
    const key = barcodeKey(one.barcode ?? '');
    const twin = seen.get(key);
    if (twin !== undefined && one.lineage.species !== undefined) return [one.processId, twin];
    seen.set(key, one.processId);
  }
  return [];
}

let made = 0;

function rows(genus: string, species: string | undefined, count: number, barcodes: number): SplitRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const start = species ?? 'none';
    const code = [...`${start}${i % barcodes}`]
      .map((letter) => (letter.codePointAt(0) ?? 0).toString(4).padStart(4, '0'))
      .join('');
    return record(`ROW${made++}-24`, genus, species, [...code].map((digit) => 'ACGT'[Number(digit)]).join(''));
  });
}

function record(processId: string, genus: string, species: string | undefined, barcode: string): SplitRecord {
  return { processId, barcode, lineage: species === undefined ? { genus } : { genus, species } };
}

function counts(plan: SplitPlan, records: readonly SplitRecord[], species: string | undefined): Record<string, number> {
  const found: Record<string, number> = {};
  for (const one of records) {
    const split = plan.assignment.get(one.processId) ?? 'none';
    if (one.lineage.species === species) found[split] = (found[split] ?? 0) + 1;
  }
  return found;
}

function speciesIn(plan: SplitPlan, records: readonly SplitRecord[], split: string): string[] {
  const found = records
    .filter((one) => plan.assignment.get(one.processId) === split)
    .map((one) => one.lineage.species ?? '');
  return [...new Set(found)].sort();
}

function hash({ processId }: SplitRecord, seed: number): number {
  return [...processId].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193), seed);
}
