import type { Lineage, Rng } from '@bioscan/core';
import { capitalised, nameSource } from './names.js';
import type { SimulationSettings } from './settings.js';
import { ancestralBarcode, evolve } from './substitution.js';

/** A simulated species: its true names and the barcode of its ancestor. */
export interface SimulatedSpecies {
  readonly lineage: Lineage;
  readonly barcode: string;
}

/** Mean branch lengths from the parent's barcode, accepted substitutions a site. Each branch is stretched by a factor of its own. */
const branchLengths = { order: 0.2, family: 0.13, subfamily: 0.03, genus: 0.03, species: 0.05 } as const;

/** Children a node of each rank has on average; numbers of children are geometric, so that a few genera hold many species. */
const childrenPerNode = { family: 1.6, subfamily: 3, genus: 4 } as const;

/** Grows a taxonomy of `settings.species` species and evolves a barcode along each of its branches. */
export function simulateSpecies(settings: SimulationSettings, random: Rng): SimulatedSpecies[] {
  const name = nameSource(random.split('names'));
  const phylum = { phylum: 'Arthropoda', class: 'Insecta' };
  const root = ancestralBarcode(random.split('root'));
  const species: SimulatedSpecies[] = [];
  for (let order = 0; order < settings.orders; order++) {
    const stream = random.split(`order ${order}`);
    const wanted = Math.floor(((order + 1) * settings.species) / settings.orders) - species.length;
    const lineage = { ...phylum, order: capitalised(name('optera')) };
    species.push(...growOrder(lineage, branch(root, branchLengths.order, stream), wanted, name, stream));
  }
  return species;
}

type Names = (ending: string) => string;

function growOrder(lineage: Lineage, barcode: string, wanted: number, name: Names, random: Rng): SimulatedSpecies[] {
  const species: SimulatedSpecies[] = [];
  while (species.length < wanted) {
    const family = { ...lineage, family: capitalised(name('idae')) };
    const familyBarcode = branch(barcode, branchLengths.family, random);
    for (let n = geometric(random, childrenPerNode.family); n > 0; n--) {
      const subfamily = { ...family, subfamily: capitalised(name('inae')) };
      species.push(...growSubfamily(subfamily, branch(familyBarcode, branchLengths.subfamily, random), name, random));
    }
  }
  return species.slice(0, wanted);
}

function growSubfamily(lineage: Lineage, barcode: string, name: Names, random: Rng): SimulatedSpecies[] {
  const species: SimulatedSpecies[] = [];
  for (let n = geometric(random, childrenPerNode.subfamily); n > 0; n--) {
    const genus = capitalised(name('a'));
    const genusBarcode = branch(barcode, branchLengths.genus, random);
    for (let i = geometric(random, childrenPerNode.genus); i > 0; i--) {
      const full = { ...lineage, genus, species: `${genus} ${name('ensis')}` };
      species.push({ lineage: full, barcode: branch(genusBarcode, branchLengths.species, random) });
    }
  }
  return species;
}

function branch(barcode: string, meanLength: number, random: Rng): string {
  return evolve(barcode, meanLength * (0.4 + 1.2 * random.uniform()), random);
}

/** 1, 2, 3 … with the given mean. */
function geometric(random: Rng, mean: number): number {
  return 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / mean));
}
