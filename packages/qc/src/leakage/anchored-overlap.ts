/** Positions `from` to `to` of one barcode agree with those at `shift` more of the other. */
export interface Anchor {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/**
 * Whether two barcodes, given as bits of possible bases, overlap in at least `minimumOverlap` letter pairs with at most `share` edits a pair when
 * their alignment goes through the anchor. From the anchor to both sides, for every number of insertions, deletions and substitutions, the
 * furthest place that can be reached is kept (Landau and Vishkin 1989), until a barcode ends. At most 84 short steps a side for 6 edits.
 */
export function anchoredOverlap(
  a: Uint8Array,
  b: Uint8Array,
  { from, to, shift }: Anchor,
  { minimumOverlap, share }: { readonly minimumOverlap: number; readonly share: number },
): boolean {
  const longest = Math.min(a.length, b.length);
  const limit = Math.floor(share * longest + 1e-9);
  const right = reach(a, b, to, to + shift, 1, limit);
  const fewest = right.findIndex((pairs) => pairs >= 0);
  if (fewest < 0) return false;
  const left = reach(a, b, from - 1, from - 1 + shift, -1, limit - fewest);
  for (const [e, after] of right.entries()) {
    for (const [f, before] of left.entries()) {
      if (after < 0 || before < 0) continue;
      const overlap = before + (to - from) + after;
      if (overlap >= minimumOverlap && e + f <= share * overlap + 1e-9) return true;
    }
  }
  return false;
}

/** For each number of edits the most letter pairs from a place to the end of either barcode, in the direction `step`; -1 where no path ends. */
function reach(a: Uint8Array, b: Uint8Array, i: number, j: number, step: 1 | -1, limit: number): Int32Array {
  const most = new Int32Array(limit + 1).fill(-1);
  const size = limit + 1;
  const aLeft = step === 1 ? a.length - i : i + 1;
  const bLeft = step === 1 ? b.length - j : j + 1;
  // Letters of `a` consumed, by insertions (letters of b alone), deletions and substitutions; -1: not reached or ended.
  const furthest = new Int32Array(size * size * size).fill(-1);
  for (let edits = 0; edits <= limit; edits++) {
    for (let insertions = 0; insertions <= edits; insertions++) {
      for (let deletions = 0; insertions + deletions <= edits; deletions++) {
        const substitutions = edits - insertions - deletions;
        const cell = (insertions * size + deletions) * size + substitutions;
        let x = edits === 0 ? 0 : -1;
        if (insertions > 0) x = Math.max(x, furthest[cell - size * size] as number);
        if (deletions > 0) x = Math.max(x, next(furthest[cell - size] as number));
        if (substitutions > 0) x = Math.max(x, next(furthest[cell - 1] as number));
        if (x < 0) continue;
        let y = x + insertions - deletions;
        while (x < aLeft && y < bLeft && ((a[i + step * x] as number) & (b[j + step * y] as number)) !== 0) {
          x++;
          y++;
        }
        if (x >= aLeft || y >= bLeft) most[edits] = Math.max(most[edits] as number, x - deletions);
        else furthest[cell] = x;
      }
    }
  }
  return most;
}

function next(place: number): number {
  return place < 0 ? -1 : place + 1;
}
