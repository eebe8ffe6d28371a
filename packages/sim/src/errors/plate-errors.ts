import type { Rng } from '@bioscan/core';
import type { ErrorDraft } from './draft.js';
import type { ErrorKind, ErrorRates } from './error-rates.js';

/** Wells of the plate that was shifted: the barcode of each occupied well comes from another one; sample, photo, place and names stay. */
const shifts = {
  'plate-off-by-one': (position: number, wells: number) => (position + wells - 1) % wells,
  'plate-rotated': (position: number, wells: number) => wells - 1 - position,
} as const satisfies Partial<Record<ErrorKind, (position: number, wells: number) => number>>;

/**
 * Whole plates whose barcodes moved against their samples: by one well, or by half a turn (A01 stands where H12 was). Moves go over the occupied
 * wells, so that no record loses its barcode. At least one plate where the rate is above 0.
 */
export function plantPlateErrors(draft: ErrorDraft, rates: ErrorRates, random: Rng): void {
  for (const kind of ['plate-off-by-one', 'plate-rotated'] as const) {
    if (rates[kind] === 0) continue;
    const whole = draft.plates.filter((wells) => wells.length >= 8 && wells.every((i) => draft.free(i)));
    const count = Math.max(1, Math.round(rates[kind] * whole.length));
    for (const wells of random.split(kind).shuffle(whole).slice(0, count)) shift(draft, kind, wells);
  }
}

function shift(draft: ErrorDraft, kind: keyof typeof shifts, wells: readonly number[]): void {
  const before = wells.map((i) => draft.row(i).barcode ?? '');
  wells.forEach((index, position) => {
    const from = shifts[kind](position, wells.length);
    const donor = wells[from] ?? index;
    if (donor === index || before[from] === before[position]) {
      draft.keep(index);
      return;
    }
    draft.rebarcode(kind, index, before[from] ?? '', draft.truthOf(donor).haplotype, [donor]);
  });
}
