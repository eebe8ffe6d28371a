import { sha256 } from './sha256.js';

/**
 * The identity of a barcode: upper case, without gaps (`-`, `.`, `~`) and white space, N taken off both ends, nothing cut.
 * Two records with the same key carry the same barcode; the key of nothing but Ns is empty.
 */
export function barcodeKey(sequence: string): string {
  const letters = clean.test(sequence) ? sequence : sequence.replace(/[-.~\s]+/g, '').toUpperCase();
  let start = 0;
  let end = letters.length;
  while (start < end && letters.charCodeAt(start) === 78) start++;
  while (end > start && letters.charCodeAt(end - 1) === 78) end--;
  return letters.slice(start, end);
}

const clean = /^[A-Z]*$/;

/**
 * What {@link PretrainingCorpus} lists for a barcode: the first 16 hexadecimal digits (64 bits) of the SHA-256 of its {@link barcodeKey}.
 * Among 2.5 million barcodes the chance of any collision is below one in a million.
 */
export function barcodeHash(sequence: string): string {
  return sha256(barcodeKey(sequence)).slice(0, 16);
}
