import type { ErrorKind } from './error-rates.js';

/** One planted error: a row of the truth table. */
export interface PlantedError {
  readonly kind: ErrorKind;
  /** The record that is wrong. */
  readonly processId: string;
  /** Other records involved: whose barcode, photo or name it bears. */
  readonly others: readonly string[];
  /** What was changed, as in `barcode`, and what stood there before (names joined by `;`, coordinates by `,`). */
  readonly field: 'lineage' | 'barcode' | 'photo' | 'coordinates';
  readonly original: string;
}
