import type { CheckFinding } from '../library/check-finding.js';
import { windowLength } from '../library/coi-protein.js';
import type { Library } from '../library/library.js';
import { windowWords } from '../library/place-haplotypes.js';
import { percent } from '../library/words.js';
import { fewestSites } from './barcode-clusters.js';
import { processIds } from './ids-of.js';
import type { NamedBarcodes } from './named-barcodes.js';
import { planeLength } from './window-distance.js';

export interface ConsensusOptions {
  /** Distance to the consensus that is suspicious however the species varies; default 3 %. */
  readonly minimum?: number;
  /** Times the median distance of the species' barcodes; default 4. */
  readonly spread?: number;
}

/**
 * Barcodes far from the consensus of their species in the common window: a cheap first pass, linear in the letters. Species with fewer than 3
 * haplotypes have none. A deep split inside a species shows here too; `checkBarcodeGap` tells wrong names from splits.
 */
export function checkConsensus(library: Library, named: NamedBarcodes, options: ConsensusOptions = {}): CheckFinding[] {
  const { minimum = 0.03, spread = 4 } = options;
  const { placements, haplotypes } = library;
  return [...named.bySpecies].flatMap(([species, units]): CheckFinding[] => {
    const own = units.filter((unit) => {
      const h = named.all[unit]?.haplotype ?? 0;
      return (placements.sites[h] as number) >= fewestSites;
    });
    if (own.length < 3) return [];
    const hs = own.map((unit) => named.all[unit]?.haplotype ?? 0);
    const consensus = majority(placements.planes, hs);
    const distances = hs.map((h) => distanceTo(consensus, placements.planes, h));
    const median = [...distances].sort((a, b) => a - b)[distances.length >> 1] ?? 0;
    const limit = Math.max(minimum, spread * median);
    return own.flatMap((unit, i): CheckFinding[] => {
      const distance = distances[i] ?? 0;
      if (!(distance > limit)) return [];
      return [
        {
          check: 'far-from-consensus',
          severity: 'warning',
          records: processIds(library, named.all[unit]?.records ?? []),
          message: `${percent(distance)} from the consensus of ${species} (${haplotypes.barcodes.length === 0 ? 0 : own.length} barcodes, half of them within ${percent(median)}).`,
          evidence: { species, distance, median, barcodes: own.length, score: Math.min(1, distance / 0.2) },
          action: 'see where it stands in the tree',
        },
      ];
    });
  });
}

/** The commonest base of each window site as a digit; 4 where no barcode shows one. */
function majority(planes: Uint32Array, haplotypes: readonly number[]): Uint8Array {
  const counts = new Uint32Array(windowLength * 4);
  for (const h of haplotypes) {
    forSites(planes, h, (site, digit) => {
      counts[site * 4 + digit] = (counts[site * 4 + digit] as number) + 1;
    });
  }
  return Uint8Array.from({ length: windowLength }, (_, site) => {
    let best = 4;
    let most = 0;
    for (let digit = 0; digit < 4; digit++) {
      const found = counts[site * 4 + digit] as number;
      if (found > most) [best, most] = [digit, found];
    }
    return best;
  });
}

function distanceTo(consensus: Uint8Array, planes: Uint32Array, h: number): number {
  let sites = 0;
  let differing = 0;
  forSites(planes, h, (site, digit) => {
    const expected = consensus[site] as number;
    if (expected > 3) return;
    sites++;
    if (expected !== digit) differing++;
  });
  return sites === 0 ? 0 : differing / sites;
}

/** Visits the known sites of a barcode. */
export function forSites(planes: Uint32Array, h: number, visit: (site: number, digit: number) => void): void {
  const low = h * planeLength;
  for (let word = 0; word < windowWords; word++) {
    const known = planes[low + 2 * windowWords + word] as number;
    const lows = planes[low + word] as number;
    const highs = planes[low + windowWords + word] as number;
    for (let bits = known; bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      visit(word * 32 + bit, ((lows >>> bit) & 1) | (((highs >>> bit) & 1) << 1));
    }
  }
}
