import { distance } from 'fastest-levenshtein';

/** Edit distance: fewest insertions, deletions and substitutions. Letters are compared as they stand, N is not a wildcard. O(m n / 32). */
export function levenshtein(a: string, b: string): number {
  return distance(a, b);
}
