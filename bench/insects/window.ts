import type { Identified } from '@bioscan/core';
import { alignedSites, damerauRestrictedToAll, kimuraDistance } from '@bioscan/dna/distance';

/** A barcode cut to the common window: equal lengths, so that every distance compares the same sites. */
export interface Windowed {
  readonly id: string;
  /** The whole barcode, for encoders. */
  readonly input: string;
  readonly letters: string;
}

/**
 * The sites of `consensus` in the window of each barcode, one record a window. Those that lack a base there (ends, N, deletions) are left out.
 */
export function windowed(
  items: readonly Identified<string>[],
  consensus: string,
  [start, end]: readonly [number, number],
): Windowed[] {
  const seen = new Set<string>();
  return items.flatMap(({ id, input }) => {
    const sites = new Array<string>(end - start).fill('');
    alignedSites(input, consensus).forEach((site, i) => {
      if (site >= start && site < end) sites[site - start] = input.charAt(i).toUpperCase();
    });
    const letters = sites.join('');
    if (letters.length !== end - start || /[^ACGT]/.test(letters) || seen.has(letters)) return [];
    seen.add(letters);
    return [{ id, input, letters }];
  });
}

export const metrics = ['p', 'K2P', 'edit'] as const;

/** Distances of each of `a` to each of `b`, `(a, b)`: share of differing sites, Kimura's, restricted Damerau edits. Saturated pairs are NaN. */
export function allDistances(
  a: readonly Windowed[],
  b: readonly Windowed[],
): Readonly<Record<(typeof metrics)[number], Float64Array>> {
  const n = b.length;
  const out = {
    p: new Float64Array(a.length * n),
    K2P: new Float64Array(a.length * n),
    edit: new Float64Array(a.length * n),
  };
  const columns = b.map(({ letters }) => codesOf(letters));
  const others = b.map(({ letters }) => letters);
  a.forEach(({ letters }, row) => {
    const own = codesOf(letters);
    out.edit.set(damerauRestrictedToAll(letters, others), row * n);
    columns.forEach((column, j) => {
      let [differing, transversions] = [0, 0];
      for (let i = 0; i < own.length; i++) {
        const both = (own[i] as number) ^ (column[i] as number);
        differing += both === 0 ? 0 : 1;
        transversions += both >> 1;
      }
      out.p[row * n + j] = differing / own.length;
      const { k2p } = kimuraDistance(differing - transversions, transversions, own.length);
      out.K2P[row * n + j] = k2p ?? Number.NaN;
    });
  });
  return out;
}

/** A 0, G 1, C 2, T 3: two codes differ in bit 1 where purine stands opposite pyrimidine. */
function codesOf(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => 'AGCT'.indexOf(letter));
}
