/** How many records and barcodes of a species a step of the BIOSCAN-5M split takes. */
export interface AllocationRule {
  /** Records wanted, from the species' records; 0 skips the species. */
  readonly target: (records: number) => number;
  /** Fewer than this and the species gets none. */
  readonly lower: number;
  readonly upper: (records: number) => number;
  /** Barcodes at most; below 1 still permits one. */
  readonly barcodes: (barcodes: number) => number;
  /** Room for later choice that a random pick must leave, as a factor of the target. */
  readonly soft: number;
  /** The same, before a smallest group above the target ends the search. */
  readonly softStop: number;
}

/** Records of a species that the test set wants: function A of the published split. */
export function testTarget(records: number): number {
  return records < 8 ? 0 : Math.min(25, Math.floor(4 + (records - 8) / 4));
}

/** Records of a species that the test set bears: function B. */
export function testUpper(records: number): number {
  return records < 8 ? 0 : Math.floor(4 + (records - 8) / 3);
}

/** Barcodes of a species that the test set bears: function C. */
export function testBarcodes(barcodes: number): number {
  return barcodes < 3 ? 0 : Math.floor(1 + (barcodes - 2) / 3);
}

export const testRule: AllocationRule = {
  target: testTarget,
  lower: 3,
  upper: testUpper,
  barcodes: testBarcodes,
  soft: 1.1,
  softStop: 1,
};

export const valRule: AllocationRule = {
  target: (records) => (records < 20 ? 0 : 0.05 * records),
  lower: 0,
  upper: (records) => 0.1 * records,
  barcodes: (barcodes) => 0.05 * barcodes,
  soft: 1.1,
  softStop: 1.1,
};

export const valUnseenRule: AllocationRule = {
  target: (records) => 0.2 * records,
  lower: 0,
  upper: (records) => 0.4 * records,
  barcodes: (barcodes) => 0.2 * barcodes,
  soft: 1.1,
  softStop: 1.1,
};
