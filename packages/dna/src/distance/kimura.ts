/** Kimura's two-parameter distance. Where the formula has no value the pair is `saturated` and has no distance: never infinite, never averaged. */
export interface KimuraDistance {
  readonly k2p: number | undefined;
  readonly saturated: boolean;
}

/**
 * `-1/2 ln(1 - 2P - Q) - 1/4 ln(1 - 2Q)`, substitutions a site; P and Q are the shares of transitions and transversions among `sites`.
 * Saturated where 1 - 2P - Q or 1 - 2Q is not positive; no sites: neither a distance nor saturated. Source: Kimura 1980, J Mol Evol 16:111.
 */
export function kimuraDistance(transitions: number, transversions: number, sites: number): KimuraDistance {
  if (sites === 0) return { k2p: undefined, saturated: false };
  // In whole numbers, so that the border is exact.
  const both = sites - 2 * transitions - transversions;
  const across = sites - 2 * transversions;
  if (both <= 0 || across <= 0) return { k2p: undefined, saturated: true };
  const k2p = -0.5 * Math.log(both / sites) - 0.25 * Math.log(across / sites);
  return { k2p: k2p === 0 ? 0 : k2p, saturated: false };
}
