import { barcodeKey } from '@bioscan/core';

/** Records that carry the same barcode, in order of the first of them. */
export interface BarcodeGroups {
  readonly barcodes: readonly string[];
  /** Positions of the records of each group, ascending. */
  readonly members: readonly (readonly number[])[];
  /** The group that carries this barcode. */
  find(barcode: string): number | undefined;
}

/** Groups records by their {@link barcodeKey}; the work of comparing is then done once a barcode. */
export function barcodeGroups(barcodes: readonly string[]): BarcodeGroups {
  const groups = new Map<string, number>();
  const members: number[][] = [];
  barcodes.forEach((barcode, i) => {
    const key = barcodeKey(barcode);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, members.length);
      members.push([i]);
    } else members[group]?.push(i);
  });
  return { barcodes: [...groups.keys()], members, find: (barcode) => groups.get(barcodeKey(barcode)) };
}
