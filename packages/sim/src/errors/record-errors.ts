import type { Rng } from '@bioscan/core';
import type { ErrorDraft } from './draft.js';

/** Pairs of records of one plate whose photos changed places. */
export function plantSwappedImages(draft: ErrorDraft, rate: number, random: Rng): void {
  const chosen = draft.choose(rate / 2, () => true, random);
  for (const index of chosen) {
    if (!draft.free(index)) continue;
    const mates = (draft.plates[draft.truthOf(index).berth.plate] ?? []).filter((i) => i !== index && draft.free(i));
    const other = mates[random.integer(Math.max(1, mates.length))];
    if (other !== undefined) draft.swapPhotos('swapped-image', index, other);
  }
}

/** Coordinates that cannot be: latitude and longitude changed places, or one of them lost its sign. */
export function plantWrongCoordinates(draft: ErrorDraft, rate: number, random: Rng): void {
  const placed = (i: number): boolean => draft.row(i).place?.latitude !== undefined;
  for (const index of draft.choose(rate, placed, random)) {
    const { latitude = 0, longitude = 0 } = draft.row(index).place ?? {};
    const way = random.integer(3);
    if (way === 0 && Math.abs(longitude) <= 90) draft.relocate('wrong-coordinates', index, longitude, latitude);
    else if (way === 1) draft.relocate('wrong-coordinates', index, latitude, -longitude);
    else draft.relocate('wrong-coordinates', index, -latitude, longitude);
  }
}
