import type { Rng } from '@bioscan/core';
import type { SimulatedSpecies } from './species-tree.js';
import type { ImageModel } from './world.js';

/** Index of the species whose looks a specimen has, from its species' and its own index. */
export type Looks = (species: number, specimen: number) => number;

/** Whose looks specimens have: those of their species, but for worlds whose photos tell nothing below family. */
export function planLooks(species: readonly SimulatedSpecies[], { tree }: ImageModel, random: Rng): Looks {
  if (tree !== 'family-only') return (one) => one;
  const families = new Map<string, number[]>();
  species.forEach(({ lineage }, i) => {
    families.set(lineage.family ?? '', [...(families.get(lineage.family ?? '') ?? []), i]);
  });
  return (one, specimen) => {
    const members = families.get(species[one]?.lineage.family ?? '') ?? [one];
    return members[random.split(specimen).integer(members.length)] ?? one;
  };
}
