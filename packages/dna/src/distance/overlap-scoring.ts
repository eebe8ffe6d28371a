/** Points of an identical site; a differing site costs as much. Scores are whole multiples of it less a tie-break below one unit. */
export const unit: number = 2 ** 18;

/** Cost of a letter opposite a gap, in identical sites (assembly/overlap.ts has it too). Why 4: see semiGlobalDistance. */
export const gapCost = 4;

/** Beyond it scores would leave 32 bits. */
export const maxLength = 4096;

/** What two letters opposite each other are; {@link siteKinds} holds positions in this list. */
export const kinds = ['identical', 'compatible', 'ambiguousDifferences', 'transitions', 'transversions'] as const;

/** The kind of a site, at index `mask of a * 16 + mask of b`. */
export const siteKinds: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, pair) =>
  kindOf(pair >> 4, pair & 15),
);

/** The points of a site, at the same index. */
export const siteScores: Int32Array = /* @__PURE__ */ Int32Array.from(siteKinds, (kind) => {
  if (kind >= 2) return -unit - 1;
  return kind === 0 ? unit : 0;
});

/** Masks of one base each differ by a transition when together they are A and G (5) or C and T (10). */
function kindOf(x: number, y: number): number {
  const unambiguous = isOneBase(x) && isOneBase(y);
  if ((x & y) !== 0) return unambiguous ? 0 : 1;
  if (!unambiguous) return 2;
  return (x | y) === 5 || (x | y) === 10 ? 3 : 4;
}

/** Whether a mask names exactly one base. */
function isOneBase(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}
