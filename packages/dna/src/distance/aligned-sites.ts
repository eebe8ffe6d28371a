import type { BaseCodes } from './base-codes.js';
import { baseCodes } from './base-codes.js';
import { overlapSites } from './overlap-alignment.js';

/**
 * The best overlap of two sequences site by site, as {@link semiGlobalDistance} finds it: for each letter of `a` the position of the letter of
 * `b` opposite it, -1 where there is none (a gap, or beyond the overlap). Positions count letters, not gaps of the input; they only rise.
 */
export function alignedSites(a: string | BaseCodes, b: string | BaseCodes): Int32Array {
  const first = typeof a === 'string' ? baseCodes(a) : a;
  const second = typeof b === 'string' ? baseCodes(b) : b;
  return overlapSites(first.masks, second.masks);
}
