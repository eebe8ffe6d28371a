/** How the rows of an epoch fall into batches. Plain JSON, stored with each run. */
export type Sampler =
  | { readonly kind: 'shuffled' }
  /** Rows of one label (a barcode, a species) never meet in a batch, where they would pass for negatives. */
  | { readonly kind: 'one-per'; readonly label: string }
  /** Batches of whole groups (genera, families): the negatives are near relatives. */
  | { readonly kind: 'within'; readonly label: string };
