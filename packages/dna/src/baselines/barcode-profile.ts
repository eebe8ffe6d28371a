import type { PretrainingCorpus } from '@bioscan/core';
import { barcodeCorpus } from '../barcode-corpus.js';
import { baseCodes, type BaseCodes } from '../distance/base-codes.js';
import { overlapSites } from '../distance/overlap-alignment.js';
import { barcodeGroups } from './barcode-groups.js';
import { baseOf } from './profile-sites.js';

/** How often each base stands at each site of a set of barcodes, on the frame of its commonest length. A plain value. */
export interface BarcodeProfile {
  /** The commonest base at each site: what barcodes are aligned to. */
  readonly consensus: string;
  /** `(sites, 4)`, A C G T; shares of the barcodes that have one of the four bases there. Sums to 1 at each site, or to 0. */
  readonly frequencies: Float32Array;
  readonly corpus: PretrainingCorpus;
}

/**
 * Fits a profile: the consensus of the barcodes of the commonest length, then frequencies over all distinct barcodes aligned to it.
 * Fit it on the keys only. About a millisecond a distinct barcode.
 * @throws RangeError without any barcode
 */
export function barcodeProfile(barcodes: readonly string[]): BarcodeProfile {
  const distinct = barcodeGroups(barcodes)
    .barcodes.map((barcode) => baseCodes(barcode))
    .filter(({ masks }) => masks.length > 0);
  if (distinct.length === 0) throw new RangeError('dna: barcodeProfile needs at least one barcode');
  const sites = commonestLength(distinct);
  const counts = new Float64Array(4 * sites);
  for (const { masks } of distinct) if (masks.length === sites) count(counts, masks, undefined);
  const consensus = consensusOf(counts);
  const { masks: reference } = baseCodes(consensus);
  counts.fill(0);
  for (const { masks } of distinct) count(counts, masks, overlapSites(masks, reference));
  return { consensus, frequencies: shares(counts), corpus: barcodeCorpus(barcodes) };
}

/** The commonest length; of several the longest. */
function commonestLength(barcodes: readonly BaseCodes[]): number {
  const counts = new Map<number, number>();
  for (const { masks } of barcodes) counts.set(masks.length, (counts.get(masks.length) ?? 0) + 1);
  return [...counts].reduce((best, next) =>
    next[1] > best[1] || (next[1] === best[1] && next[0] > best[0]) ? next : best,
  )[0];
}

function count(counts: Float64Array, masks: Uint8Array, sites: Int32Array | undefined): void {
  for (let i = 0; i < masks.length; i++) {
    const site = sites === undefined ? i : (sites[i] as number);
    const base = baseOf(masks[i] as number);
    if (site >= 0 && base >= 0) counts[4 * site + base] = (counts[4 * site + base] as number) + 1;
  }
}

function consensusOf(counts: Float64Array): string {
  let consensus = '';
  for (let at = 0; at < counts.length; at += 4) {
    const here = counts.subarray(at, at + 4);
    const most = Math.max(...here);
    consensus += most === 0 ? 'N' : 'ACGT'.charAt(here.indexOf(most));
  }
  return consensus;
}

function shares(counts: Float64Array): Float32Array {
  const frequencies = new Float32Array(counts.length);
  for (let at = 0; at < counts.length; at += 4) {
    let total = 0;
    for (let base = 0; base < 4; base++) total += counts[at + base] as number;
    if (total > 0) for (let base = 0; base < 4; base++) frequencies[at + base] = (counts[at + base] as number) / total;
  }
  return frequencies;
}
