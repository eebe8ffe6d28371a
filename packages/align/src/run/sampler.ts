/** How the rows of an epoch fall into batches. Plain JSON, stored with each run. */
export type Sampler =
  | { readonly kind: 'shuffled' }
  /** Rows of one label (a barcode, a species) never meet in a batch, where they would pass for negatives. */
  | { readonly kind: 'one-per'; readonly label: string }
  /** Batches of whole groups (genera, families): the negatives are near relatives. */
  | { readonly kind: 'within'; readonly label: string }
  /**
   * At least `least` of each batch (a share of its rows, two or more) has a modality that few rows have: where their own share is smaller, these
   * are drawn over and over, each as often as the others, and the rows without it come once an epoch. No row is twice in a batch; where there
   * are fewer than that, every batch holds all of them.
   */
  | { readonly kind: 'stratified'; readonly modality: string; readonly least: number };
