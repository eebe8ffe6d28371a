/** How bases change. */
export interface SubstitutionModel {
  /** Mutation bias: long-term frequencies of A, C, G, T where selection does not matter. */
  readonly bias: readonly [number, number, number, number];
  /** A transition is proposed this many times as often as a transversion to an equally frequent base. */
  readonly transitionBias: number;
  /** Chance to keep another amino acid where real insects vary freely. */
  readonly replacement: number;
}

/** How species vary inside. Lengths are accepted substitutions a site. */
export interface PopulationModel {
  /** Chance that a specimen shows a haplotype of its own instead of an earlier specimen's. */
  readonly newHaplotype: number;
  /** Step from one haplotype to the next: log-normal over species, by its median and the standard deviation of its logarithm. */
  readonly step: { readonly median: number; readonly sigma: number };
  /** Share of species with deep lineages inside, and how far these stand apart on average. */
  readonly deep: { readonly share: number; readonly depth: number };
  /** Share of species that hybridised: half of their specimens carry haplotypes of a congener. */
  readonly introgression: number;
}

/** What sequencing loses. Ends are lost by whole plates, since a run trims all its reads alike. */
export interface ReadModel {
  /** Share of plates whose reads are trimmed, and how many bases the laboratories' pipelines take off. */
  readonly trimmedPlates: number;
  readonly trims: readonly number[];
  /** Share of reads that lose some bases more at an end, and share that are mere fragments of 120 to 500 bases. */
  readonly stray: number;
  readonly fragments: number;
  /** Share of barcodes with Ns inside, and how many Ns these have on average. */
  readonly ambiguous: number;
  readonly meanNs: number;
}

/** All that shapes simulated barcodes. */
export interface BarcodeModel {
  readonly substitution: SubstitutionModel;
  /** Mean length of the branch that leads to a node of each rank, accepted substitutions a site; `group` are species groups inside a genus. */
  readonly branches: Readonly<
    Record<'class' | 'order' | 'family' | 'subfamily' | 'genus' | 'group' | 'species', number>
  >;
  /** Standard deviation of the logarithm of a branch's length, for species and for all above. */
  readonly sigma: { readonly species: number; readonly above: number };
  readonly population: PopulationModel;
  readonly reads: ReadModel;
}

/** Fitted to clean 658-bp barcodes of four insect orders; see the README for the fit. */
export const fittedBarcodes: BarcodeModel = {
  substitution: { bias: [0.461, 0.069, 0.019, 0.451], transitionBias: 3, replacement: 0.148 },
  branches: { class: 0.05, order: 0.178, family: 0.2, subfamily: 0.155, genus: 0.038, group: 0.051, species: 0.0395 },
  sigma: { species: 0.65, above: 0.55 },
  population: {
    newHaplotype: 0.32,
    step: { median: 0.00055, sigma: 0.8 },
    deep: { share: 0.33, depth: 0.0178 },
    introgression: 0.016,
  },
  reads: {
    trimmedPlates: 0.5,
    trims: [4, 16, 40, 58, 70, 76, 82, 94],
    stray: 0.05,
    fragments: 0.025,
    ambiguous: 0.0505,
    meanNs: 3.6,
  },
};
