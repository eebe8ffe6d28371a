/** What a check looks at: the tiers of the triage, cheapest first, and what stands around them. */
export const checkTiers = [
  'names and BINs',
  'sequences',
  'neighbourhood',
  'photo against barcode',
  'plates, places, names, photos',
] as const;
export type CheckTier = (typeof checkTiers)[number];

const firstTier = new Set([
  'bin-several-names', 'species-several-bins', 'species-spread', 'genus-several-families', 'name-from-barcode', 'deeper-name', 'duplicate-id',
  'conflicting-duplicate-id',
]); // prettier-ignore
const around =
  /^(?:photo-|plate-|neighbouring-well|coordinates-|range-|first-record|synonym|misspelt|gender-ending|unlisted)/;

/** The tier of a check by its name. */
export function tierOfCheck(check: string): CheckTier {
  if (check === 'photo-against-barcode') return 'photo against barcode';
  if (check === 'label-against-neighbourhood') return 'neighbourhood';
  if (firstTier.has(check)) return 'names and BINs';
  return around.test(check) ? 'plates, places, names, photos' : 'sequences';
}
