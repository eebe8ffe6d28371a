import { ranks, type Lineage } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { processIds } from '../sequences/ids-of.js';
import { agreement, type Plate } from './plate-labels.js';

/**
 * Records whose barcode contradicts their own name and fits that of a well beside them: spilled or carried over. The score is low where so many
 * wells of the plate bear the name that a neighbour would fit by chance.
 */
export function checkWells(library: Library, plates: readonly Plate[]): CheckFinding[] {
  return plates.flatMap((plate) =>
    plate.records.flatMap((record, i): CheckFinding[] => {
      const label = plate.labels[i] ?? {};
      const barcode = plate.barcodes[i] ?? {};
      if (agreement(label, barcode) !== 'contradicts') return [];
      const beside = besideWells(library, plate, i).filter(
        (j) => agreement(plate.labels[j] ?? {}, barcode) === 'agrees',
      );
      const [first] = beside;
      if (first === undefined) return [];
      const { name, frequency } = sharedName(plate, plate.labels[first] ?? {}, barcode);
      const score = (1 - frequency) ** 8;
      const other = plate.records[first] ?? -1;
      return [
        {
          check: 'neighbouring-well',
          severity: 'error',
          records: processIds(library, [record]),
          message: `The barcode in ${wellName(library, record)} of plate ${plate.name} contradicts its name and fits the well beside it, ${wellName(library, other)} (${name}): spilled or carried over.`,
          evidence: {
            plate: plate.name, well: wellName(library, record), fits: wellName(library, other), neighbour: processIds(library, [other]), name,
            nameOnPlate: frequency, score,
          },
          action: 're-sequence both wells',
        },
      ]; // prettier-ignore
    }),
  );
}

function wellName({ wells }: Library, record: number): string {
  return wells[record]?.name ?? '';
}

/** Positions of the up to eight wells around one. */
function besideWells({ wells }: Library, { records }: Plate, i: number): number[] {
  const own = wells[records[i] ?? -1];
  if (own === undefined) return [];
  return [...records.keys()].filter((j) => {
    const other = wells[records[j] ?? -1];
    if (other === undefined || i === j) return false;
    return Math.abs(other.row - own.row) <= 1 && Math.abs(other.column - own.column) <= 1;
  });
}

/** The finest name that label and barcode share, and its share of the plate. */
function sharedName({ labels }: Plate, label: Lineage, barcode: Lineage): { name: string; frequency: number } {
  const rank = ranks.findLast((one) => label[one] !== undefined && label[one] === barcode[one]) ?? 'family';
  const name = label[rank] ?? '';
  return { name, frequency: labels.filter((one) => one[rank] === name).length / labels.length };
}

/** Moves of a whole plate, over its occupied wells in order: where the barcode of a position comes from. */
const moves = {
  'shifted by one well': (i: number, n: number) => (i + n - 1) % n,
  'shifted by one well, the other way': (i: number, n: number) => (i + 1) % n,
  'shifted by one column': (i: number, n: number) => (i + n - 8) % n,
  'shifted by one column, the other way': (i: number, n: number) => (i + 8) % n,
  'turned by half a turn': (i: number, n: number) => n - 1 - i,
} as const satisfies Record<string, (i: number, n: number) => number>;

export interface PlateOptions {
  /** Agreement that a move must add; default 0.3. */
  readonly gain?: number;
  /** Wells that can be compared; default 8. */
  readonly fewest?: number;
}

/** Whole plates whose barcodes fit the names once they are shifted or turned. One finding a plate, all its records involved. */
export function checkPlates(library: Library, plates: readonly Plate[], options: PlateOptions = {}): CheckFinding[] {
  const { gain = 0.3, fewest = 8 } = options;
  return plates.flatMap((plate): CheckFinding[] => {
    const own = agreeing(plate, (i) => i);
    if (own.compared < fewest) return [];
    let best: { name: string; share: number; compared: number } | undefined;
    for (const [name, move] of Object.entries(moves)) {
      // The barcode in well i belongs to the sample that it came from.
      const { share, compared } = agreeing(plate, (i) => move(i, plate.records.length));
      if (compared >= fewest && share > (best?.share ?? 0)) best = { name, share, compared };
    }
    if (best === undefined || best.share < own.share + gain) return [];
    const percent = (share: number): string => `${Math.round(100 * share)} %`;
    return [
      {
        check: 'plate-moved',
        severity: 'error',
        records: processIds(library, plate.records),
        message: `Plate ${plate.name}: only ${percent(own.share)} of the barcodes fit their names, but ${percent(best.share)} do when the plate is ${best.name}.`,
        evidence: {
          plate: plate.name, move: best.name, asIs: own.share, moved: best.share, compared: own.compared,
          score: Math.min(1, best.share - own.share + 0.3),
        },
        action: 'check the plate map; move the barcodes of the whole plate at once',
      },
    ]; // prettier-ignore
  });
}

function agreeing({ labels, barcodes }: Plate, sourceOf: (i: number) => number): { share: number; compared: number } {
  let agree = 0;
  let compared = 0;
  barcodes.forEach((barcode, i) => {
    const verdict = agreement(labels[sourceOf(i)] ?? {}, barcode);
    if (verdict === 'unknown') return;
    compared++;
    if (verdict === 'agrees') agree++;
  });
  return { share: compared === 0 ? 0 : agree / compared, compared };
}
