/** A function that never falls, as points joined by straight lines; beyond the ends it stays level. */
export interface MonotoneCurve {
  /** Rising. */
  readonly from: readonly number[];
  /** Never falling; as long as `from`, one at least. */
  readonly to: readonly number[];
}

/** The value of the curve at `x`. O(log n). */
export function curveAt({ from, to }: MonotoneCurve, x: number): number {
  let low = 0;
  let high = from.length - 1;
  if (x <= (from[0] as number)) return to[0] as number;
  if (x >= (from[high] as number)) return to[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((from[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const width = (from[high] as number) - (from[low] as number);
  const share = (x - (from[low] as number)) / width;
  return (to[low] as number) + share * ((to[high] as number) - (to[low] as number));
}
