import type { KmerTokenizer } from './kmer-tokenizer.js';

/** The commonest k-mer of each position: the floor that masked accuracy must beat. */
export interface PositionalMajority {
  /** Ids by position (tokens); the unknown id where no barcode of the sample has a k-mer. */
  readonly ids: Int32Array;
  /** Share of the maskable k-mers of these barcodes, unshifted, that equal their position's majority. NaN without any. */
  accuracy(barcodes: readonly string[]): number;
}

/** Counts k-mers by position over barcodes, unshifted; ties go to the smaller id. One table of tokens x vocabulary counts. */
export function positionalMajority(tokenizer: KmerTokenizer, barcodes: readonly string[]): PositionalMajority {
  const { tokens, vocabularySize, descriptor } = tokenizer;
  const { from, to } = descriptor.maskable;
  const counts = new Uint32Array(tokens * vocabularySize);
  for (const barcode of barcodes) {
    const { ids } = tokenizer.encode(barcode);
    for (let position = 0; position < tokens; position++) {
      const id = ids[position] as number;
      const at = position * vocabularySize + id;
      if (id >= from && id < to) counts[at] = (counts[at] as number) + 1;
    }
  }
  const majority = Int32Array.from({ length: tokens }, (_, position) => {
    const best = largest(counts.subarray(position * vocabularySize, (position + 1) * vocabularySize));
    return best ?? descriptor.unkId;
  });
  return { ids: majority, accuracy: (others) => accuracyOf(majority, tokenizer, others) };
}

/** Index of the largest count; undefined when all are zero. */
function largest(counts: Uint32Array): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (let id = 0; id < counts.length; id++) {
    if ((counts[id] as number) > most) {
      most = counts[id] as number;
      best = id;
    }
  }
  return best;
}

function accuracyOf(majority: Int32Array, tokenizer: KmerTokenizer, barcodes: readonly string[]): number {
  const { from, to } = tokenizer.descriptor.maskable;
  let hits = 0;
  let asked = 0;
  for (const barcode of barcodes) {
    for (const [position, id] of tokenizer.encode(barcode).ids.entries()) {
      if (id < from || id >= to) continue;
      asked++;
      if (majority[position] === id) hits++;
    }
  }
  return hits / asked;
}
