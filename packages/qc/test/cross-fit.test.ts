import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { crossFitFolds } from '@bioscan/qc';

describe('folds for cross-fitting', () => {
  it('test every record once, and never on a plate or barcode that the model saw', () => {
    const row = fc.record({
      sampleId: fc.option(
        fc.nat(5).map((plate) => `BIOUG0000${plate}-A01`),
        { nil: undefined },
      ),
      barcode: fc.option(fc.constantFrom('ACGT', 'NACGTN', 'acgt', 'TTTT', 'GGGG'), { nil: undefined }),
    });
    let compared = 0;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 2, max: 4 }), (rows, folds) => {
        const records = rows.map(({ sampleId, barcode }) => ({
          ...(sampleId === undefined ? {} : { sampleId }),
          ...(barcode === undefined ? {} : { barcode }),
        }));
        const dealt = crossFitFolds(records, { rng: rng(1), folds });
        expect(dealt.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(records.map((_, i) => i));
        const plate = (i: number): string | undefined => records[i]?.sampleId?.slice(0, 10);
        const letters = (i: number): string | undefined => records[i]?.barcode?.toUpperCase().replaceAll('N', '');
        for (const { test, training } of dealt) {
          for (const a of test) {
            for (const b of training) {
              expect(a).not.toBe(b);
              if (plate(a) !== undefined) expect(plate(b)).not.toBe(plate(a));
              if (letters(a) !== undefined) expect(letters(b)).not.toBe(letters(a));
              compared++;
            }
          }
        }
      }),
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('are about even, and leave as much as they can to learn from', () => {
    const records = Array.from({ length: 960 }, (_, i) => ({
      sampleId: `P${Math.floor(i / 96)}-${'ABCDEFGH'.charAt(i % 8)}${String(1 + (Math.floor(i / 8) % 12)).padStart(2, '0')}`,
      barcode: `ACGT${i.toString(4).replaceAll(/\d/g, (digit) => 'ACGT'.charAt(Number(digit)))}`,
    }));
    const dealt = crossFitFolds(records, { rng: rng(2) });
    expect(dealt.map(({ test }) => test.length).sort()).toEqual([288, 288, 384]);
    for (const { test, training } of dealt) expect(test.length + training.length).toBe(960);
  });
});
