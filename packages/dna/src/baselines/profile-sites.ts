import { baseCodes } from '../distance/base-codes.js';
import { overlapSites } from '../distance/overlap-alignment.js';

/** The base at each site of a profile, 0 to 3 for A, C, G and T; -1 where the barcode has none of them. `reference`: masks of the consensus. */
export function siteBases(barcode: string, reference: Uint8Array): Int8Array {
  const { masks } = baseCodes(barcode);
  const sites = overlapSites(masks, reference);
  const bases = new Int8Array(reference.length).fill(-1);
  for (let i = 0; i < masks.length; i++) {
    const site = sites[i] as number;
    if (site >= 0) bases[site] = baseOf(masks[i] as number);
  }
  return bases;
}

/** 0 to 3 for A, C, G and T, -1 for letters that name no one base. */
export function baseOf(mask: number): number {
  return mask === 1 ? 0 : mask === 2 ? 1 : mask === 4 ? 2 : mask === 8 ? 3 : -1;
}

/** One-hot less frequencies at the sites that have a base; `vector` (4 · sites) holds zeros before. */
export function fillSites(bases: Int8Array, frequencies: Float32Array, vector: Float32Array): void {
  for (let site = 0; site < bases.length; site++) {
    const base = bases[site] as number;
    if (base < 0) continue;
    for (let at = 4 * site; at < 4 * site + 4; at++) vector[at] = -(frequencies[at] as number);
    vector[4 * site + base] = 1 - (frequencies[4 * site + base] as number);
  }
}
