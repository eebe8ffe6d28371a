import { windowWords } from '../library/place-haplotypes.js';

/** Numbers in the planes of one barcode: low bits, high bits, known sites. */
export const planeLength: number = 3 * windowWords;

/**
 * Distances of placed barcodes, site against site: differing / compared sites, ambiguous ones left out. Without gaps in between it equals the
 * p-distance of `semiGlobalDistance` on the window; letters lost inside a barcode were accounted for when it was placed.
 */
export interface WindowDistance {
  /**
   * Distance of `a` and `b`; NaN below the minimum overlap. Above `limit` it may stop early and return 1.
   * Half a microsecond.
   */
  between(a: number, b: number, limit?: number): number;
}

/** @param minimumOverlap fewest compared sites; default 300 */
export function windowDistance(planes: Uint32Array, minimumOverlap = 300): WindowDistance {
  return {
    between(a, b, limit = 1) {
      const most = limit * windowWords * 32;
      let differing = 0;
      let sites = 0;
      let i = a * planeLength;
      let j = b * planeLength;
      for (let word = 0; word < windowWords; word++, i++, j++) {
        const both = (planes[i + knownAt] as number) & (planes[j + knownAt] as number);
        if (both === 0) continue;
        sites += both === -1 ? 32 : bitCount(both);
        const different =
          (((planes[i] as number) ^ (planes[j] as number)) |
            ((planes[i + windowWords] as number) ^ (planes[j + windowWords] as number))) &
          both;
        if (different !== 0) {
          differing += bitCount(different);
          if (differing > most) return 1;
        }
      }
      return sites < minimumOverlap ? Number.NaN : differing / sites;
    },
  };
}

const knownAt = 2 * windowWords;

/** Ones in a 32-bit word. */
export function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
