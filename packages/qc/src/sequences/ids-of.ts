import type { Library } from '../library/library.js';

/** Process ids of the records that carry a barcode. */
export function idsOf({ haplotypes, records }: Library, haplotype: number): string[] {
  return (haplotypes.members[haplotype] ?? []).map((record) => records[record]?.processId ?? '');
}

/** Process ids of records. */
export function processIds({ records }: Library, positions: readonly number[]): string[] {
  return positions.map((record) => records[record]?.processId ?? '');
}
