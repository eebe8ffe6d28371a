/** Points of an identical site; a differing site costs as much. Scores are whole multiples of it less a tie-break below one unit. */
export const unit: number = 2 ** 18;

/** Cost of a letter opposite a gap, in identical sites. Why 4: see semiGlobalDistance. */
export const gapCost = 4;

/** Beyond it scores would leave 32 bits. */
export const maxLength = 4096;

/** Points of two letters opposite each other, at index `mask of a * 16 + mask of b`. */
export const siteScores: Int32Array = /* @__PURE__ */ siteScoreTable();

function siteScoreTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, pair) => {
    const x = pair >> 4;
    const y = pair & 15;
    if ((x & y) === 0) return -unit - 1;
    return isOneBase(x) && isOneBase(y) ? unit : 0;
  });
}

/** Whether a mask names exactly one base. */
export function isOneBase(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}
