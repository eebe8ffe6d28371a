import { baseCodes } from '../distance/base-codes.js';

/** Base-4 digit of a mask that names one base, else 4. */
const digits = /* @__PURE__ */ Uint8Array.from({ length: 16 }, (_, mask) => [4, 0, 1, 4, 2, 4, 4, 4, 3][mask] ?? 4);

/**
 * All k-mers of a barcode in order, as base-4 numbers with A 0, C 1, G 2, T 3 and the first letter most significant.
 * Windows with an ambiguity code are left out; gaps and case do not count. k at most 12. Linear.
 */
export function packedKmers(barcode: string, k: number): Int32Array {
  const { masks } = baseCodes(barcode);
  const kmers = new Int32Array(Math.max(0, masks.length - k + 1));
  const mask = 4 ** k - 1;
  let count = 0;
  let kmer = 0;
  let run = 0;
  for (const bases of masks) {
    const digit = digits[bases] as number;
    run = digit === 4 ? 0 : run + 1;
    kmer = ((kmer << 2) | (digit & 3)) & mask;
    if (run >= k) kmers[count++] = kmer;
  }
  return kmers.subarray(0, count);
}

/** The different k-mers of a barcode, ascending. */
export function distinctKmers(barcode: string, k: number): Int32Array {
  const kmers = packedKmers(barcode, k).sort();
  let count = 0;
  for (let i = 0; i < kmers.length; i++) {
    if (i === 0 || kmers[i] !== kmers[i - 1]) kmers[count++] = kmers[i] as number;
  }
  return kmers.subarray(0, count);
}
