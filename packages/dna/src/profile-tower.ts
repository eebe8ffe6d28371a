import { tensor, type Rng } from '@bioscan/core';
import { batchSymbol, tower, type Tower, type Value } from '@bioscan/graph';
import type { BarcodeProfile } from './baselines/barcode-profile.js';
import { fillSites, siteBases } from './baselines/profile-sites.js';
import { baseCodes } from './distance/base-codes.js';

export interface ProfileTowerOptions {
  /** Share of the sites of each barcode that training hides, drawn anew at each step. Default 0. */
  readonly hidden?: number;
}

/**
 * A barcode as its aligned sites less base frequencies, see profileEncoder(), as a tower without parameters: what a projection learns on.
 * Its input is `sites` (batch, 4 · sites). Barcodes are aligned once and kept, a byte a site. Hiding most sites is what makes a projection
 * trained on few species carry over to others.
 * @example
 * const model = alignment({ modalities: { dna: { tower: profileTower(profile, { hidden: 0.7 }) } }, objective: [classify('dna', 'genus', { head: 'cosine' })], classes });
 */
export function profileTower(profile: BarcodeProfile, { hidden = 0 }: ProfileTowerOptions = {}): Tower<string> {
  if (!(hidden >= 0 && hidden < 1)) throw new RangeError(`dna: hidden, got ${hidden}, expected 0 <= share < 1`);
  const { frequencies } = profile;
  const dimension = frequencies.length;
  const { masks: reference } = baseCodes(profile.consensus);
  const known = new Map<string, Int8Array>();
  function basesOf(barcode: string): Int8Array {
    let bases = known.get(barcode);
    if (bases === undefined) known.set(barcode, (bases = siteBases(barcode, reference)));
    return bases;
  }
  return tower<string>({
    dimension,
    inputs: [{ name: 'sites', dtype: 'float32', shape: [batchSymbol, dimension] }],
    collate(batch, rng) {
      const data = new Float32Array(batch.length * dimension);
      batch.forEach((barcode, i) => {
        const bases = rng === undefined || hidden === 0 ? basesOf(barcode) : hide(basesOf(barcode), hidden, rng);
        fillSites(bases, frequencies, data.subarray(i * dimension, (i + 1) * dimension));
      });
      return { sites: tensor('float32', [batch.length, dimension], data) };
    },
    build: (_, { sites }) => sites as Value,
  });
}

function hide(bases: Int8Array, share: number, rng: Rng): Int8Array {
  return bases.map((base) => (rng.uniform() < share ? -1 : base));
}
