import { ranks, type Lineage, type Rank, type Rng } from '@bioscan/core';
import type { BarcodeModel } from './barcode-model.js';
import { capitalised, nameSource } from './names.js';
import { orderShares } from './orders.js';
import { apportion, crowd } from './partition.js';
import type { SimulationSettings } from './settings.js';
import { ancestralBarcode, evolve, type Bases } from './substitution.js';

/** A node of the species tree. Species that share it hold the same object; names are unique within a rank. */
export interface TreeNode {
  readonly rank: Rank;
  readonly name: string;
  /** Length of the branch that leads to it, accepted substitutions a site. */
  readonly length: number;
}

/** A simulated species: its true names, its path through the tree and the barcode of its ancestor. */
export interface SimulatedSpecies {
  readonly lineage: Lineage;
  /** From the phylum down to the species. */
  readonly nodes: readonly TreeNode[];
  readonly barcode: Bases;
}

/** How species crowd into families, families' species into genera, genera into subfamilies: a few are large, most are small. */
const crowding = {
  family: { discount: 0.4, strength: 2.5 },
  genus: { discount: 0.25, strength: 1.1 },
  subfamily: { discount: 0.2, strength: 0.8 },
  group: { discount: 0.2, strength: 0.8 },
} as const;

/** Species grow slower than records: the large orders are not that much richer. */
const richness = 0.75;

/** Grows a taxonomy of `settings.species` species and evolves a barcode along each of its branches. */
export function simulateSpecies(settings: SimulationSettings, random: Rng): SimulatedSpecies[] {
  const model = settings.world.barcodes;
  const name = nameSource(random.split('names'));
  const root: Grown = {
    path: [{ rank: 'phylum', name: 'Arthropoda', length: 0 }],
    barcode: ancestralBarcode(model.substitution, random.split('root')),
  };
  const shares = orderShares.slice(0, settings.orders);
  const weights = shares.map(({ records }) => records ** richness);
  const counts = apportion(settings.species, weights, Math.min(5, Math.floor(settings.species / shares.length)));
  const classes = new Map<string, Grown>();
  return shares.flatMap((share, i) => {
    const stream = random.split(share.order);
    const above = classes.get(share.class) ?? grow(root, 'class', share.class, model, random.split(share.class));
    classes.set(share.class, above);
    const order = grow(above, 'order', share.order, model, stream);
    return growOrder(order, counts[i] ?? 0, name, model, stream);
  });
}

type Names = (ending: string) => string;

interface Grown {
  readonly path: readonly TreeNode[];
  readonly barcode: Bases;
}

function growOrder(order: Grown, count: number, name: Names, model: BarcodeModel, random: Rng): SimulatedSpecies[] {
  return sizes(crowd(count, crowding.family, random)).flatMap((size) => {
    const family = grow(order, 'family', capitalised(name('idae')), model, random);
    const genera = sizes(crowd(size, crowding.genus, random));
    const subfamilyOf = crowd(genera.length, crowding.subfamily, random);
    const subfamilies = sizes(subfamilyOf).map(() =>
      grow(family, 'subfamily', capitalised(name('inae')), model, random),
    );
    return genera.flatMap((members, i) =>
      growGenus(subfamilies[subfamilyOf[i] ?? 0] ?? family, members, name, model, random),
    );
  });
}

function growGenus(above: Grown, count: number, name: Names, model: BarcodeModel, random: Rng): SimulatedSpecies[] {
  const genusName = capitalised(name('a'));
  const genus = grow(above, 'genus', genusName, model, random);
  const groups = crowd(count, crowding.group, random);
  const ancestors = sizes(groups).map(() => branch(genus.barcode, 'group', model, random).barcode);
  return groups.map((group) => {
    const epithet = name(endings[random.integer(endings.length)] ?? 'a');
    const { path, barcode } = grow(
      { path: genus.path, barcode: ancestors[group] ?? genus.barcode },
      'species',
      `${genusName} ${epithet}`,
      model,
      random,
    );
    return { lineage: lineageOf(path), nodes: path, barcode };
  });
}

const endings = ['ensis', 'ata', 'ella', 'icola', 'ina', 'osa', 'ifera', 'alis'] as const;

function grow(above: Grown, rank: GrownRank, name: string, model: BarcodeModel, random: Rng): Grown {
  const { barcode, length } = branch(above.barcode, rank, model, random);
  return { path: [...above.path, { rank, name, length }], barcode };
}

type GrownRank = Exclude<keyof BarcodeModel['branches'], 'group'>;

function branch(
  ancestor: Bases,
  rank: keyof BarcodeModel['branches'],
  model: BarcodeModel,
  random: Rng,
): { readonly barcode: Bases; readonly length: number } {
  const sigma = rank === 'species' ? model.sigma.species : model.sigma.above;
  const length = model.branches[rank] * Math.exp(sigma * random.normal() - sigma ** 2 / 2);
  return { barcode: evolve(ancestor, length, model.substitution, random), length };
}

function lineageOf(path: readonly TreeNode[]): Lineage {
  return Object.fromEntries(
    ranks.flatMap((rank) => path.filter((node) => node.rank === rank)).map(({ rank, name }) => [rank, name]),
  );
}

/** Sizes of groups 0, 1, 2 … */
function sizes(groups: readonly number[]): number[] {
  const counts: number[] = [];
  for (const group of groups) counts[group] = (counts[group] ?? 0) + 1;
  return counts;
}
