export interface OpenWorldSplitOptions {
  readonly seed?: number;
  /** Unambiguous letters that a record needs inside the common window; records with fewer go to `fragments`. */
  readonly minimumLength?: number;
  /** Records of a species at most, by whole barcodes drawn at random; the rest goes to `surplus`. `Infinity` keeps all. */
  readonly speciesCap?: number;
  /** Records (in at least 2 barcodes) that a species needs to become unseen with keys. */
  readonly minimumUnseen?: number;
  /**
   * `hold-out`: species that share a BIN are seen or held out together. `stratum`: each species for itself, and queries whose BIN a seen
   * species has too are listed in the plan.
   */
  readonly sharedBin?: 'hold-out' | 'stratum';
  /** `species-disjoint`, or `bioscan5m`: val_unseen and test_unseen take different barcodes of the same species, as published. */
  readonly unseen?: 'species-disjoint' | 'bioscan5m';
  readonly speciesShares?: SpeciesShares;
  readonly recordShares?: RecordShares;
}

/** Shares of all species; what is left is seen. */
export interface SpeciesShares {
  readonly valUnseen: number;
  readonly testUnseen: number;
  readonly novel: number;
}

/** Shares of a species' records. */
export interface RecordShares {
  /** Of a seen species. */
  readonly test: number;
  readonly val: number;
  /** Of what test and val leave of a seen species; goes to pretrain, labels hidden. */
  readonly pretrain: number;
  /** Of an unseen species: its keys. */
  readonly keys: number;
}

export type OpenWorldSettings = Required<OpenWorldSplitOptions>;

export const defaultSpeciesShares: SpeciesShares = { valUnseen: 0.1, testUnseen: 0.15, novel: 0.1 };
export const defaultRecordShares: RecordShares = { test: 0.2, val: 0.1, pretrain: 0.4, keys: 0.5 };

/** Fills the defaults in and refuses shares that leave nothing. */
export function openWorldSettings(options: OpenWorldSplitOptions): OpenWorldSettings {
  const {
    seed = 0, minimumLength = 500, speciesCap = 200, minimumUnseen = 8, sharedBin = 'hold-out', unseen = 'species-disjoint',
    speciesShares = defaultSpeciesShares, recordShares = defaultRecordShares,
  } = options; // prettier-ignore
  const { valUnseen, testUnseen, novel } = speciesShares;
  const shares = [
    valUnseen,
    testUnseen,
    novel,
    recordShares.test,
    recordShares.val,
    recordShares.pretrain,
    recordShares.keys,
  ];
  const held = valUnseen + testUnseen + novel;
  if (shares.some((share) => !(share >= 0 && share < 1)) || held >= 1 || recordShares.test + recordShares.val >= 1) {
    throw new RangeError(
      'data: shares of an open-world split must be 0 to 1, and those held out must leave something to train on',
    );
  }
  if (!(speciesCap >= 1) || !(minimumLength >= 20) || !(minimumUnseen >= 2)) {
    throw new RangeError(
      `data: open-world split needs speciesCap >= 1, minimumLength >= 20, minimumUnseen >= 2, got ${speciesCap}, ${minimumLength}, ${minimumUnseen}`,
    );
  }
  return { seed, minimumLength, speciesCap, minimumUnseen, sharedBin, unseen, speciesShares, recordShares };
}
