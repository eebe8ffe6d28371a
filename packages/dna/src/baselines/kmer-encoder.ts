import { tensor, type Encoder, type Tensor } from '@bioscan/core';
import { packedKmers } from './packed-kmers.js';

/** `count`: how often; `frequency`: counts over their sum; `presence`: 1 or 0. */
export type KmerWeighting = 'count' | 'frequency' | 'presence';

export interface KmerEncoderOptions {
  /** Letters of a window, 1 to 8; default 6. */
  readonly k?: number;
  readonly weighting?: KmerWeighting;
}

/**
 * Barcodes as vectors of their k-mers, 4^k long, alphabetical (AAA, AAC, …). Nothing is trained.
 * Every window of k letters counts, at steps of one; windows with an ambiguity code are left out, gaps and case do not matter.
 * No further normalisation: cosine similarity, the usual choice, does not need one. A barcode without a countable window is all zeros.
 */
export function kmerEncoder(options: KmerEncoderOptions = {}): Encoder<string> {
  const { k = 6, weighting = 'count' } = options;
  if (!Number.isInteger(k) || k < 1 || k > 8) throw new RangeError(`dna: kmerEncoder needs k of 1 to 8, got ${k}`);
  const id = `kmers-${k}-${weighting}`;
  const dimension = 4 ** k;
  return {
    id,
    modality: 'dna',
    dimension,
    maxBatch: 256,
    provenance: {
      id,
      modality: 'dna',
      dimension,
      settings: { k, weighting, stride: 1 },
      corpus: { kind: 'barcode-hashes', members: [] },
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this work is not
    async encode(batch: readonly string[]): Promise<Tensor<'float32'>> {
      const data = new Float32Array(batch.length * dimension);
      batch.forEach((barcode, i) => {
        weigh(packedKmers(barcode, k), data.subarray(i * dimension, (i + 1) * dimension), weighting);
      });
      return tensor('float32', [batch.length, dimension], data);
    },
  };
}

function weigh(kmers: Int32Array, vector: Float32Array, weighting: KmerWeighting): void {
  switch (weighting) {
    case 'count':
      for (const kmer of kmers) vector[kmer] = (vector[kmer] as number) + 1;
      return;
    case 'presence':
      for (const kmer of kmers) vector[kmer] = 1;
      return;
    case 'frequency':
      for (const kmer of kmers) vector[kmer] = (vector[kmer] as number) + 1;
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / Math.max(1, kmers.length);
      return;
    default:
      throw new TypeError(`dna: unknown weighting ${String(weighting satisfies never)}`);
  }
}
