import type { LeakClass } from './links.js';

/** How much of `split` has a partner in `against`. A barcode counts once, in its worst class. */
export interface LeakCount {
  readonly split: string;
  readonly against: string;
  readonly leak: LeakClass;
  readonly records: number;
  readonly barcodes: number;
}
