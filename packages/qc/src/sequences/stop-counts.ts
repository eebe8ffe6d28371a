import { stop, translation } from '../library/coi-protein.js';
import type { Library } from '../library/library.js';
import { readDigits } from '../library/protein-votes.js';

/** Letters beyond which a sequence reaches past the barcode region. */
export const overLong = 700;

/** Records whose barcode holds a stop codon of translation table 5. */
export interface StopCounts {
  /** Read whole, in the frame with the fewest stops. */
  readonly whole: number;
  /** Those of them longer than 700 letters: the stop may lie past the barcode region. */
  readonly overLong: number;
  /** Inside the Folmer window found by alignment, in the frame of COI. */
  readonly window: number;
}

/** Counts records with stops, over whole sequences and inside the window. Linear. */
export function stopCounts({ haplotypes, placements }: Library): StopCounts {
  const counts = { whole: 0, overLong: 0, window: 0 };
  haplotypes.barcodes.forEach((barcode, h) => {
    const records = haplotypes.members[h]?.length ?? 0;
    if ((placements.stops[h] as number) > 0) counts.window += records;
    if (wholeStops(barcode) === 0) return;
    counts.whole += records;
    if (barcode.length > overLong) counts.overLong += records;
  });
  return counts;
}

/** Stops of table 5 in the frame that has the fewest, over all letters. Codons with an ambiguous letter are no stops. */
export function wholeStops(barcode: string): number {
  const digits = readDigits(barcode);
  const stops = [0, 0, 0];
  for (let i = 0; i + 3 <= digits.length; i++) {
    const [a, b, c] = [digits[i] as number, digits[i + 1] as number, digits[i + 2] as number];
    if (a > 3 || b > 3 || c > 3 || translation[16 * a + 4 * b + c] !== stop) continue;
    stops[i % 3] = (stops[i % 3] as number) + 1;
  }
  return Math.min(...stops);
}
