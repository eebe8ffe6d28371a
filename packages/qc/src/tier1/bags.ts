import type { Library } from '../library/library.js';

/** A: many records, one BIN. B: some. C: several BINs. D: few records. E: a BIN shared with another species. F: no BIN. */
export type BagsGrade = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** Limits of the grades: original BAGS (Fontes et al. 2021), or the pipeline of Biodiversity Genomics Europe. */
export type BagsPreset = 'original' | 'bge';

/** A is given from `many` records on; D below `few`. */
export const bagsLimits: Readonly<Record<BagsPreset, { readonly many: number; readonly few: number }>> = {
  original: { many: 11, few: 3 },
  bge: { many: 10, few: 3 },
};

export interface SpeciesGrade {
  readonly species: string;
  readonly grade: BagsGrade;
  readonly records: number;
  readonly bins: readonly string[];
  /** Other species in its BINs. */
  readonly sharedWith: readonly string[];
}

/**
 * Grades every species by its records and BINs; E comes before C, C before A, B and D. Placeholders, subspecies and synonyms are folded first;
 * only records identified to species count towards sharing; a BIN counts when it starts with `BOLD:`. Linear.
 */
export function bagsGrades({ records, names }: Library, preset: BagsPreset = 'bge'): SpeciesGrade[] {
  const bySpecies = new Map<string, { records: number; readonly bins: Set<string> }>();
  const byBin = new Map<string, Set<string>>();
  records.forEach(({ bin }, i) => {
    const species = names[i]?.species;
    if (species === undefined) return;
    const entry = bySpecies.get(species) ?? { records: 0, bins: new Set<string>() };
    bySpecies.set(species, entry);
    entry.records++;
    if (bin?.startsWith('BOLD:') !== true) return;
    entry.bins.add(bin);
    byBin.set(bin, (byBin.get(bin) ?? new Set<string>()).add(species));
  });
  return Array.from(bySpecies, ([species, { records: count, bins }]): SpeciesGrade => {
    const sharedWith = new Set([...bins].flatMap((bin) => [...(byBin.get(bin) ?? [])]));
    sharedWith.delete(species);
    return {
      species,
      grade: gradeOf(count, bins.size, sharedWith.size > 0, preset),
      records: count,
      bins: [...bins].sort(),
      sharedWith: [...sharedWith].sort(),
    };
  }).sort((a, b) => (a.species < b.species ? -1 : 1));
}

function gradeOf(records: number, bins: number, shared: boolean, preset: BagsPreset): BagsGrade {
  const { many, few } = bagsLimits[preset];
  if (bins === 0) return 'F';
  if (shared) return 'E';
  if (bins > 1) return 'C';
  if (records >= many) return 'A';
  return records < few ? 'D' : 'B';
}
