import { barcodeKey, type Rng, type Specimen } from '@bioscan/core';
import { parseWell } from '../library/well.js';

/** What a fold is judged on, and what its model may learn from. Positions in the records. */
export interface CrossFitFold {
  readonly test: readonly number[];
  readonly training: readonly number[];
}

export interface CrossFitOptions {
  readonly rng: Rng;
  /** Default 3. */
  readonly folds?: number;
}

/**
 * Deals records to folds by whole plates (records without one by whole barcodes), so that each is judged by a model that saw neither it, its plate
 * nor its barcode: what shares a barcode with a fold is left out of that fold's training, since barcodes tie most plates together.
 * Each record is in one test set. Folds are as even as plates allow.
 */
export function crossFitFolds(
  records: readonly Pick<Specimen, 'sampleId' | 'barcode'>[],
  { rng, folds = 3 }: CrossFitOptions,
): CrossFitFold[] {
  if (!Number.isInteger(folds) || folds < 2) throw new RangeError(`qc: folds, got ${folds}, expected 2 or more`);
  const barcodes = records.map(({ barcode }) => (barcode === undefined ? '' : barcodeKey(barcode)));
  const groups = new Map<string, number[]>();
  records.forEach(({ sampleId }, i) => {
    const plate = parseWell(sampleId)?.plate;
    const key =
      plate === undefined ? `barcode ${barcodes[i] === '' ? `of ${i}` : (barcodes[i] ?? '')}` : `plate ${plate}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  const tests = Array.from({ length: folds }, (): number[] => []);
  for (const group of rng.shuffle([...groups.values()])) {
    const smallest = tests.reduce((least, test) => (test.length < least.length ? test : least));
    smallest.push(...group);
  }
  return tests.map((test) => {
    const own = new Set(test);
    const seen = new Set(test.map((i) => barcodes[i]).filter((barcode) => barcode !== ''));
    return {
      test: test.sort((a, b) => a - b),
      training: records.flatMap((_, i) => (own.has(i) || seen.has(barcodes[i]) ? [] : [i])),
    };
  });
}
