import { sha256, tensor, type Encoder, type Tensor } from '@bioscan/core';
import { baseCodes } from '../distance/base-codes.js';
import type { BarcodeProfile } from './barcode-profile.js';
import { fillSites, siteBases } from './profile-sites.js';

/**
 * Barcodes as vectors of their aligned sites, 4 numbers a site: one-hot less the profile's frequencies. Sites that a barcode lacks (beyond its ends,
 * N, a deletion) are zero, so that they neither join nor part; insertions are left out. Cosine similarity then counts shared rare bases.
 * Nothing is trained but the frequencies. Cost: one alignment a barcode, up to a millisecond or two.
 */
export function profileEncoder(profile: BarcodeProfile): Encoder<string> {
  const { consensus, frequencies, corpus } = profile;
  const { masks: reference } = baseCodes(consensus);
  const id = 'aligned-sites';
  const dimension = frequencies.length;
  const weights = sha256(new Uint8Array(frequencies.buffer, frequencies.byteOffset, frequencies.byteLength));
  return {
    id,
    modality: 'dna',
    dimension,
    maxBatch: 256,
    provenance: { id, modality: 'dna', dimension, weights, settings: { sites: dimension / 4 }, corpus },
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this work is not
    async encode(batch: readonly string[]): Promise<Tensor<'float32'>> {
      const data = new Float32Array(batch.length * dimension);
      batch.forEach((barcode, i) => {
        fillSites(siteBases(barcode, reference), frequencies, data.subarray(i * dimension, (i + 1) * dimension));
      });
      return tensor('float32', [batch.length, dimension], data);
    },
  };
}
