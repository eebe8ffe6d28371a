import type { Rng } from '@bioscan/core';
import type { SimulatedSpecies } from './species-tree.js';
import type { ImageModel } from './world.js';

/** Index of the species whose looks a specimen has, from its species' and its own index. */
export type Looks = (species: number, specimen: number) => number;

/** Whose looks specimens have: see `MorphologyTree`. */
export function planLooks(species: readonly SimulatedSpecies[], { tree }: ImageModel, random: Rng): Looks {
  switch (tree) {
    case 'barcode':
      return (one) => one;
    case 'decoupled': {
      const dealt = dealtWithin(membersBy(species, 'order'), random);
      return (one) => dealt.get(one) ?? one;
    }
    case 'family-only': {
      const families = membersBy(species, 'family');
      return (one, specimen) => {
        const members = families.get(species[one]?.lineage.family ?? '') ?? [one];
        return members[random.split(specimen).integer(members.length)] ?? one;
      };
    }
    default:
      return tree satisfies never;
  }
}

function membersBy(species: readonly SimulatedSpecies[], rank: 'order' | 'family'): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  species.forEach(({ lineage }, i) => {
    const members = groups.get(lineage[rank] ?? '');
    if (members === undefined) groups.set(lineage[rank] ?? '', [i]);
    else members.push(i);
  });
  return groups;
}

/** Deals each group's members anew among themselves. */
function dealtWithin(groups: ReadonlyMap<string, readonly number[]>, random: Rng): Map<number, number> {
  const dealt = new Map<number, number>();
  for (const members of groups.values()) {
    const shuffled = random.shuffle([...members]);
    members.forEach((one, i) => dealt.set(one, shuffled[i] ?? one));
  }
  return dealt;
}
