/**
 * The nearest keys of each query, whatever found them: exact search, alignment, votes.
 * Row q of `index` and `score` lists k keys, nearest first; ties stand in key order. Fewer than k found: index -1 and score NaN.
 */
export interface Neighbours {
  readonly queryIds: readonly string[];
  readonly keyIds: readonly string[];
  readonly k: number;
  /** `(q, k)`, positions in `keyIds` */
  readonly index: Int32Array;
  /** `(q, k)` */
  readonly score: Float32Array;
  readonly higherIsNearer: boolean;
}
