import type { Lineage } from '@bioscan/core';

/** Parts of a name that say it is not settled: open nomenclature, codes, hybrids of words and digits. */
const unsettled = /[0-9._?]|(?:^|\s)(?:sp|spp|cf|nr|aff|complex|group|agg|gen|indet)(?:\s|$)/i;
const filler = /^un(?:assigned|classified|known|identified)|^not[ _]classified|^incertae/i;

/**
 * True for a species or genus that names nothing to compare with: `Megaselia sp. 1`, `cf`, `nr` and `aff`, codes with digits, a name that starts
 * in lower case, a species without epithet. Callers with stricter rules (data's `placeholderRule`) pass their own to `library`.
 */
export function isInterimName({ genus, species }: Lineage): boolean {
  if (genus !== undefined && (unsettled.test(genus) || /^[a-z]/.test(genus))) return true;
  return species !== undefined && (unsettled.test(species) || !/^[A-Z]\S+\s\S/.test(species));
}

/** True for what stands where a name is missing, such as `unassigned Sciaridae`. */
export function isFiller(name: string): boolean {
  return filler.test(name);
}
