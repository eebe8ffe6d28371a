import type { Library } from '../library/library.js';

/** A barcode under a species name: the unit that checks of names against sequences judge. Copies of a record count once. */
export interface NamedBarcode {
  readonly haplotype: number;
  readonly species: string;
  /** Records that carry both. */
  readonly records: readonly number[];
  /** True when every one of its names was read off the barcode: it cannot contradict or support a name. */
  readonly circular: boolean;
}

export interface NamedBarcodes {
  readonly all: readonly NamedBarcode[];
  /** Positions in `all` by species. */
  readonly bySpecies: ReadonlyMap<string, readonly number[]>;
  /** Positions in `all` by haplotype; empty where no member is named to species. */
  readonly byHaplotype: readonly (readonly number[])[];
}

/** Pairs barcodes and species names. Linear. */
export function namedBarcodes({ names, circular, haplotypes }: Library): NamedBarcodes {
  const all: NamedBarcode[] = [];
  const bySpecies = new Map<string, number[]>();
  const byHaplotype = haplotypes.members.map((members, haplotype) => {
    const records = new Map<string, number[]>();
    for (const record of members) {
      const species = names[record]?.species;
      if (species !== undefined) records.set(species, [...(records.get(species) ?? []), record]);
    }
    return Array.from(records, ([species, own]) => {
      const position =
        all.push({ haplotype, species, records: own, circular: own.every((r) => circular[r] === 1) }) - 1;
      const known = bySpecies.get(species);
      if (known === undefined) bySpecies.set(species, [position]);
      else known.push(position);
      return position;
    });
  });
  return { all, bySpecies, byHaplotype };
}
