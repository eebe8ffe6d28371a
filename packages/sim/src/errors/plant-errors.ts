import type { Rng } from '@bioscan/core';
import type { SpecimenRow } from '@bioscan/data';
import type { BinIndex } from '../bins.js';
import type { Truth } from '../truth.js';
import { plantBarcodeErrors } from './barcode-errors.js';
import { ErrorDraft } from './draft.js';
import type { ErrorRates } from './error-rates.js';
import { plantNameErrors } from './name-errors.js';
import { plantPlateErrors } from './plate-errors.js';
import { plantSwappedImages, plantWrongCoordinates } from './record-errors.js';
import type { PlantedError } from './planted-error.js';

export interface ErrorInput {
  /** Without errors, with their splits. */
  readonly specimens: readonly SpecimenRow[];
  readonly truth: readonly Truth[];
  readonly bins: BinIndex;
  readonly rates: ErrorRates;
  readonly random: Rng;
}

/**
 * Plants errors in a clean collection. Records that are not chosen stay as they are, whatever the rates; splits are those of the clean collection, so
 * that checks find what planting broke. A record bears one error at most; whole plates and species come first, since they need all their records.
 */
export function plantErrors({ specimens, truth, bins, rates, random }: ErrorInput): {
  readonly specimens: readonly SpecimenRow[];
  readonly errors: readonly PlantedError[];
  readonly photoOf: ReadonlyMap<string, string>;
} {
  const draft = new ErrorDraft(specimens, truth, bins);
  plantPlateErrors(draft, rates, random);
  plantNameErrors(draft, rates, random);
  plantBarcodeErrors(draft, rates, random);
  plantSwappedImages(draft, rates['swapped-image'], random.split('swapped-image'));
  plantWrongCoordinates(draft, rates['wrong-coordinates'], random.split('wrong-coordinates'));
  return { specimens: draft.specimens, errors: draft.errors, photoOf: draft.photoOf };
}
