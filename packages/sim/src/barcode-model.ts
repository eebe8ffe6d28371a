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

/** What sequencing loses. */
export interface ReadModel {
  /** Share of barcodes cut at an end, and share with a run of N inside. */
  readonly ragged: number;
  readonly ambiguous: number;
}

/** All that shapes simulated barcodes. */
export interface BarcodeModel {
  readonly substitution: SubstitutionModel;
  /** Mean length of the branch that leads to a node of each rank, accepted substitutions a site. */
  readonly branches: Readonly<Record<'class' | 'order' | 'family' | 'subfamily' | 'genus' | 'species', number>>;
  /** Standard deviation of the logarithm of a branch's length. */
  readonly branchSigma: number;
  readonly population: PopulationModel;
  readonly reads: ReadModel;
}

/** Fitted to clean 658-bp barcodes of four insect orders; see the README for the fit. */
export const fittedBarcodes: BarcodeModel = {
  substitution: { bias: [0.454, 0.07, 0.02, 0.456], transitionBias: 4, replacement: 0.25 },
  branches: { class: 0.05, order: 0.2, family: 0.13, subfamily: 0.03, genus: 0.03, species: 0.05 },
  branchSigma: 0.4,
  population: {
    newHaplotype: 0.5,
    step: { median: 0.002, sigma: 0.8 },
    deep: { share: 0.2, depth: 0.01 },
    introgression: 0.02,
  },
  reads: { ragged: 0.25, ambiguous: 0.1 },
};
