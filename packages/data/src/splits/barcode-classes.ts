import { barcodeKey } from '@bioscan/core';
import type { SetAside, SplitRecord } from './split-plan.js';

/** All records of one barcode: the unit that a split moves, so that no barcode ever lies in two. */
export interface BarcodeClass<Row extends SplitRecord = SplitRecord> {
  readonly key: string;
  readonly records: readonly Row[];
}

/** Groups sorted records by their whole barcode, N taken off both ends. Classes come in order of their first record. */
export function barcodeClasses(records: readonly SplitRecord[]): {
  readonly classes: readonly BarcodeClass[];
  readonly setAside: readonly SetAside[];
} {
  const byKey = new Map<string, SplitRecord[]>();
  const setAside: SetAside[] = [];
  for (const record of records) {
    const key = barcodeKey(record.barcode ?? '');
    const members = byKey.get(key);
    if (key === '') setAside.push({ processId: record.processId, reason: 'no barcode' });
    else if (members === undefined) byKey.set(key, [record]);
    else members.push(record);
  }
  return { classes: Array.from(byKey, ([key, members]) => ({ key, records: members })), setAside };
}
