/** Which names the records show. */
export interface LabelModel {
  /** Share of records that carry a name at each rank; finer ranks never more than coarser ones. */
  readonly shares: Readonly<Record<'class' | 'order' | 'family' | 'subfamily' | 'genus' | 'species', number>>;
  /** Share of the named species that carry a placeholder such as `Bamela sp. 3SIM`. */
  readonly placeholders: number;
  /** Share of records without a BIN. */
  readonly missingBins: number;
}

/** As published for BIOSCAN-5M: 9.2 % of records carry a species, of these 27 % a placeholder. Source: its README, label statistics. */
export const publishedLabels: LabelModel = {
  shares: { class: 0.999, order: 0.997, family: 0.958, subfamily: 0.286, genus: 0.238, species: 0.092 },
  placeholders: 0.45,
  missingBins: 0.003,
};

/** Every name known; three species in ten carry a placeholder. */
export const completeLabels: LabelModel = {
  shares: { class: 1, order: 1, family: 1, subfamily: 1, genus: 1, species: 1 },
  placeholders: 0.3,
  missingBins: 0,
};
