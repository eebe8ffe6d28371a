/** Words of an identification method that say the name was read off the barcode; DNA alone does not (a hybrid of both may say so too). */
const fromBarcode = /\b(?:BIN|BOLD|BLAST|barcod\w*|sequenc\w*|DNA|tree|COI|ID engine|genetic\w*|molecular)\b/i;
const fromSpecimen = /\b(?:morpholog\w*|genital\w*|visual\w*|photo\w*|image\w*|microscop\w*|key|keys|dissect\w*)\b/i;

/** Where a name came from, as far as the identification method says. */
export type NameSource = 'barcode' | 'specimen' | 'unknown';

/**
 * Reads an identification method. A name from `BIN Taxonomy Match` or `BOLD ID Engine` must not count as evidence that name and barcode agree;
 * one that mentions both counts as from the specimen.
 */
export function nameSource(method: string | undefined): NameSource {
  if (method === undefined) return 'unknown';
  if (fromSpecimen.test(method)) return 'specimen';
  return fromBarcode.test(method) ? 'barcode' : 'unknown';
}
