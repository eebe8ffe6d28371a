import { barcodeKey, ranks, type Lineage, type Rank, type Rng } from '@bioscan/core';
import type { CollectedInsect, Population } from './individuals.js';
import type { LabelModel } from './labels.js';
import type { SimulatedSpecies } from './species-tree.js';

/**
 * The names that each record shows, in the order of the individuals. Specialists named whole genera, some species under placeholders; equal barcodes
 * carry equal names, as the published set was cleaned to; a barcode found under several species keeps only what these share.
 */
export function nameRecords({ species, individuals }: Population, model: LabelModel, random: Rng): Lineage[] {
  const names = placeholders(species, model, random.split('placeholders'));
  const depths = speciesDepths(species, individuals, model, random.split('specialists'));
  const classes = new Map<string, number[]>();
  const keys = individuals.map(({ barcode }) => barcodeKey(barcode));
  keys.forEach((key, i) => {
    const members = classes.get(key);
    if (members === undefined) classes.set(key, [i]);
    else members.push(i);
  });
  const shown: Lineage[] = [];
  for (const [key, members] of classes) {
    const involved = [...new Set(members.map((i) => individuals[i]?.species ?? 0))];
    const full = common(involved.map((one) => names[one] ?? {}));
    const depth = depthOf(depths[involved[0] ?? 0], model, random.split(key));
    const lineage = withFiller(cut(full, depth), random.split(`filler ${key}`));
    for (const i of members) shown[i] = lineage;
  }
  return shown;
}

/** Species by how deep their records are named. */
type Depth = 'species' | 'genus' | undefined;

/** Whole genera are named to species, then others to genus, until the wanted shares of the records are reached. */
function speciesDepths(
  species: readonly SimulatedSpecies[],
  individuals: readonly CollectedInsect[],
  { shares }: LabelModel,
  random: Rng,
): Depth[] {
  if (shares.species === 1) return species.map(() => 'species');
  const counts = species.map(() => 0);
  for (const { species: one } of individuals) counts[one] = (counts[one] ?? 0) + 1;
  const genera = new Map<string, number[]>();
  species.forEach(({ lineage }, i) => {
    genera.set(lineage.genus ?? '', [...(genera.get(lineage.genus ?? '') ?? []), i]);
  });
  const depths: Depth[] = species.map(() => undefined);
  // Weighted by size: large genera find a specialist sooner.
  const order = [...genera.values()]
    .map((members) => ({ members, key: -Math.log(1 - random.uniform()) / members.length }))
    .sort((a, b) => a.key - b.key)
    .map(({ members }) => members);
  fill('species', shares.species / carriedOut);
  fill('genus', (shares.genus - shares.species) / carriedOut);
  return depths;

  function fill(depth: Depth, share: number): void {
    let left = share * individuals.length;
    for (const members of order) {
      if (depths[members[0] ?? 0] !== undefined) continue;
      const records = members.reduce((sum, one) => sum + (counts[one] ?? 0), 0);
      if (records > left) continue;
      left -= records;
      for (const one of members) depths[one] = depth;
    }
  }
}

/** Share of a named species' barcodes that carry the name: some were never looked at. */
const carriedOut = 0.93;

function depthOf(depth: Depth, { shares }: LabelModel, random: Rng): Rank {
  if (depth !== undefined && random.uniform() < (shares.species === 1 ? 1 : carriedOut)) return depth;
  const coarse = ['subfamily', 'family', 'order', 'class'] as const;
  let left = 1 - shares.genus;
  let below: number = shares.genus;
  for (const rank of coarse) {
    if (random.uniform() * left < shares[rank] - below) return rank;
    left = 1 - shares[rank];
    below = shares[rank];
  }
  return 'phylum';
}

function cut(lineage: Lineage, depth: Rank): Lineage {
  const kept = ranks.slice(0, ranks.indexOf(depth) + 1);
  return Object.fromEntries(kept.flatMap((rank) => (lineage[rank] === undefined ? [] : [[rank, lineage[rank]]])));
}

/** Subfamilies that nobody looked up stand as `unassigned Bamelidae` in a few records, as published. */
function withFiller(lineage: Lineage, random: Rng): Lineage {
  if (lineage.genus === undefined || lineage.family === undefined || random.uniform() >= 0.03) return lineage;
  return { ...lineage, subfamily: `unassigned ${lineage.family}` };
}

/** The names that all of some lineages share, from the phylum down. */
function common(lineages: readonly Lineage[]): Lineage {
  const [first = {}, ...others] = lineages;
  const shared: Partial<Record<Rank, string>> = {};
  for (const rank of ranks) {
    const name = first[rank];
    if (name === undefined || others.some((other) => other[rank] !== name)) break;
    shared[rank] = name;
  }
  return shared;
}

/** Names as known: some species carry a placeholder; a genus with several species keeps a proper name for one. */
function placeholders(species: readonly SimulatedSpecies[], model: LabelModel, random: Rng): Lineage[] {
  const named = new Set<string>();
  return species.map(({ lineage }, i) => {
    const { genus = '' } = lineage;
    if (random.uniform() >= model.placeholders || !(named.has(genus) || random.uniform() < 0.3)) {
      named.add(genus);
      return lineage;
    }
    return { ...lineage, species: placeholder(genus, i, random) };
  });
}

function placeholder(genus: string, index: number, random: Rng): string {
  const number = (index + 1).toString().padStart(2, '0');
  switch (random.integer(3)) {
    case 0:
      return `${genus} sp. ${number}SIM`;
    case 1:
      return `${genus} simMalaise${number}`;
    default:
      return `${genus} SIM${number}`;
  }
}
