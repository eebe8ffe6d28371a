import { distinctKmers } from './packed-kmers.js';

/** Which barcodes hold which k-mers: `postings[starts[x] .. starts[x + 1])` are those with k-mer x, ascending. */
export interface KmerIndex {
  readonly k: number;
  readonly size: number;
  /** `(4^k + 1)` */
  readonly starts: Int32Array;
  readonly postings: Int32Array;
}

/** Indexes the different k-mers of each barcode. Needs 4 (4^k + k-mers) bytes: 40 MB for 10,000 barcodes at k = 11. */
export function kmerIndex(barcodes: readonly string[], k: number): KmerIndex {
  const starts = new Int32Array(4 ** k + 1);
  const kmers = barcodes.map((barcode) => distinctKmers(barcode, k));
  for (const list of kmers) for (const kmer of list) starts[kmer + 1] = (starts[kmer + 1] as number) + 1;
  for (let kmer = 0; kmer < starts.length - 1; kmer++) {
    starts[kmer + 1] = (starts[kmer + 1] as number) + (starts[kmer] as number);
  }
  const postings = new Int32Array(starts[starts.length - 1] as number);
  const next = starts.slice(0, -1);
  kmers.forEach((list, barcode) => {
    for (const kmer of list) {
      const at = next[kmer] as number;
      postings[at] = barcode;
      next[kmer] = at + 1;
    }
  });
  return { k, size: barcodes.length, starts, postings };
}

/** Adds 1 to `counts[i]` for each of `kmers` that barcode i holds; k-mers that more than `mostHolders` barcodes hold are skipped. */
export function countShared(
  { starts, postings }: KmerIndex,
  kmers: Int32Array,
  counts: Uint16Array,
  mostHolders: number = Infinity,
): void {
  for (const kmer of kmers) {
    const start = starts[kmer] as number;
    const end = starts[kmer + 1] as number;
    if (end - start > mostHolders) continue;
    for (let at = start; at < end; at++) {
      const barcode = postings[at] as number;
      counts[barcode] = (counts[barcode] as number) + 1;
    }
  }
}

/** Positions of the `limit` largest counts above zero, largest first, equal ones in order of position. O(n). */
export function largestCounts(counts: Uint16Array, limit: number): number[] {
  let highest = 0;
  for (const count of counts) if (count > highest) highest = count;
  const frequency = new Int32Array(highest + 1);
  for (const count of counts) frequency[count] = (frequency[count] as number) + 1;
  let cutoff = highest;
  for (let kept = 0; cutoff > 0; cutoff--) {
    kept += frequency[cutoff] as number;
    if (kept >= limit) break;
  }
  cutoff = Math.max(cutoff, 1);
  const found: number[] = [];
  for (let i = 0; i < counts.length; i++) if ((counts[i] as number) >= cutoff) found.push(i);
  return found.sort((x, y) => (counts[y] as number) - (counts[x] as number) || x - y).slice(0, limit);
}
