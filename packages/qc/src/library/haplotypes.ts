import { barcodeKey, type Specimen } from '@bioscan/core';

/** Distinct barcodes, N taken off both ends, and the records that carry each. */
export interface Haplotypes {
  readonly barcodes: readonly string[];
  /** Records of each barcode, ascending. */
  readonly members: readonly (readonly number[])[];
  /** Barcode of each record; -1 where it has none. `(records)` */
  readonly of: Int32Array;
}

/** Groups records by barcode in order of first appearance, so that the work of comparing is done once a barcode. */
export function groupHaplotypes(records: readonly Pick<Specimen, 'barcode'>[]): Haplotypes {
  const position = new Map<string, number>();
  const members: number[][] = [];
  const of = new Int32Array(records.length).fill(-1);
  records.forEach(({ barcode }, record) => {
    const key = barcode === undefined ? '' : barcodeKey(barcode);
    if (key === '') return;
    let haplotype = position.get(key);
    if (haplotype === undefined) {
      haplotype = members.push([]) - 1;
      position.set(key, haplotype);
    }
    members[haplotype]?.push(record);
    of[record] = haplotype;
  });
  return { barcodes: [...position.keys()], members, of };
}
