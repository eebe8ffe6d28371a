import type { CheckName } from '../library/check-finding.js';

/** What a check looks at: the tiers of the triage, cheapest first, and what stands around them. */
export const checkTiers = [
  'names and BINs',
  'sequences',
  'neighbourhood',
  'photo against barcode',
  'plates, places, names, photos',
] as const;
export type CheckTier = (typeof checkTiers)[number];

const tierOf: Readonly<Record<CheckName, CheckTier>> = {
  'bin-several-names': 'names and BINs',
  'species-several-bins': 'names and BINs',
  'species-spread': 'names and BINs',
  'genus-several-families': 'names and BINs',
  'name-from-barcode': 'names and BINs',
  'deeper-name': 'names and BINs',
  'duplicate-id': 'names and BINs',
  'conflicting-duplicate-id': 'names and BINs',
  'short-barcode': 'sequences',
  'over-long-barcode': 'sequences',
  'ambiguous-letters': 'sequences',
  'frame-shift': 'sequences',
  'in-frame-stop': 'sequences',
  'stop-outside-region': 'sequences',
  'reverse-complement': 'sequences',
  'not-coi': 'sequences',
  'identical-barcode-names': 'sequences',
  'far-from-consensus': 'sequences',
  'nearer-other-species': 'sequences',
  'no-barcode-gap': 'sequences',
  'numt-sign': 'sequences',
  'chimera-sign': 'sequences',
  contaminant: 'sequences',
  'detached-lineage': 'sequences',
  'bin-missing': 'sequences',
  'otu-several-bins': 'sequences',
  'otu-several-names': 'sequences',
  'leak-equal': 'sequences',
  'leak-contained': 'sequences',
  'leak-near': 'sequences',
  'leak-held-out-bin': 'sequences',
  'encoder-corpus-unknown': 'sequences',
  'encoder-saw-queries': 'sequences',
  'label-against-neighbourhood': 'neighbourhood',
  'photo-against-barcode': 'photo against barcode',
  'neighbouring-well': 'plates, places, names, photos',
  'plate-moved': 'plates, places, names, photos',
  'coordinates-unusable': 'plates, places, names, photos',
  'coordinates-not-in-country': 'plates, places, names, photos',
  'coordinates-at-sea': 'plates, places, names, photos',
  'range-outlier': 'plates, places, names, photos',
  'first-record-of-country': 'plates, places, names, photos',
  synonym: 'plates, places, names, photos',
  'misspelt-name': 'plates, places, names, photos',
  'gender-ending': 'plates, places, names, photos',
  'photo-empty': 'plates, places, names, photos',
  'photo-several-specimens': 'plates, places, names, photos',
  'photo-cut-off': 'plates, places, names, photos',
  'photo-unclear': 'plates, places, names, photos',
};

/** The tier of a check by its name. */
export function tierOfCheck(check: CheckName): CheckTier {
  return tierOf[check];
}
