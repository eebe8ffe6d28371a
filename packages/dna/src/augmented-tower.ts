import type { Rng } from '@bioscan/core';
import type { Tower } from '@bioscan/graph';

/** A change of a barcode that training draws anew at each step. */
export type BarcodeChange = (barcode: string, rng: Rng) => string;

/** Drops 0 to k - 1 letters from the front, as BarcodeBERT's training does. */
export function frameShift(k: number): BarcodeChange {
  return (barcode, rng) => barcode.slice(rng.integer(k));
}

/** Reads a share of the letters as N. */
export function hiddenLetters(share: number): BarcodeChange {
  if (!(share >= 0 && share < 1)) throw new RangeError(`dna: hiddenLetters, got ${share}, expected 0 <= share < 1`);
  return (barcode, rng) => Array.from(barcode, (letter) => (rng.uniform() < share ? 'N' : letter)).join('');
}

/**
 * The same tower, its barcodes changed in training and as they are otherwise.
 * @example
 * const tower = augmentedTower(bert.readOut({ pooling: 'mean-all' }), frameShift(bert.config.vocabulary.k), 'frame shift');
 */
export function augmentedTower(base: Tower<string>, change: BarcodeChange, name: string): Tower<string> {
  return {
    ...base,
    notes: { ...base.notes, augmentation: name },
    collate: (batch, rng) =>
      rng === undefined
        ? base.collate(batch)
        : base.collate(
            batch.map((barcode, i) => change(barcode, rng.split(i))),
            rng,
          ),
  };
}
