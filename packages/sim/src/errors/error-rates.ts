/** What may be planted in a collection. */
export const errorKinds = [
  'mislabelled-near',
  'mislabelled-far',
  'contaminant-parasite',
  'contaminant-neighbour',
  'swapped-image',
  'duplicated-barcode',
  'cryptic-species',
  'wrong-coordinates',
  'in-frame-stop',
  'numt',
  'chimera',
  'plate-off-by-one',
  'plate-rotated',
  'carry-over',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** Share of the records that could bear a kind of error and do. For the two plate errors and cryptic species: share of plates and of species. */
export type ErrorRates = Readonly<Record<ErrorKind, number>>;

/** Every kind at one rate. */
export function errorsAt(rate: number): ErrorRates {
  return Object.fromEntries(errorKinds.map((kind) => [kind, rate])) as Record<ErrorKind, number>;
}

export const noErrors: ErrorRates = errorsAt(0);
