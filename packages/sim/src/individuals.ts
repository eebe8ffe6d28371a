import { rng, type Rng } from '@bioscan/core';
import { orderShares } from './orders.js';
import { apportion } from './partition.js';
import { planPlates, type Berth } from './places/plates.js';
import { planRanges } from './places/ranges.js';
import { planSites } from './places/sites.js';
import { abundances, population } from './population.js';
import { plateReader } from './read-barcodes.js';
import type { SimulationSettings } from './settings.js';
import { simulateSpecies, type SimulatedSpecies } from './species-tree.js';
import { draw } from './substitution.js';
import { planLooks } from './looks.js';

/** One collected insect as nature made it, before anybody named it. */
export interface CollectedInsect {
  /** Index of its species. */
  readonly species: number;
  /** Index of the species whose looks it has: its own, but for mimics and worlds in which looks tell nothing. */
  readonly looks: number;
  /** All 658 bases. */
  readonly haplotype: string;
  /** What the sequencer made of them. */
  readonly barcode: string;
  readonly berth: Berth;
}

export interface Population {
  readonly species: readonly SimulatedSpecies[];
  /** By plate and well. */
  readonly individuals: readonly CollectedInsect[];
}

/** Species, their specimens, where these were caught and on which plate they lie. */
export function simulatePopulation(settings: SimulationSettings): Population {
  const random = rng(settings.seed);
  const species = simulateSpecies(settings, random.split('tree'));
  const counts = countsOf(species, settings, random.split('abundance'));
  const haplotypes = hybrids(species, counts, settings, random);
  const sites = planSites(settings.specimens, random.split('sites'));
  const ranges = planRanges(species, sites, settings.world.places.sympatry, random.split('ranges'));
  const speciesOf = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
  const catching = random.split('sites of specimens');
  const siteOf = speciesOf.map((one) => draw(catching, ranges[one] ?? []));
  const berths = planPlates(siteOf, sites, random.split('plates'));
  const looks = planLooks(species, settings.world.image, random.split('looks'));
  const drafts = speciesOf.map((one, i) => ({
    species: one,
    looks: looks(one, i),
    haplotype: haplotypes[i] as string,
    berth: berths[i] as Berth,
  }));
  drafts.sort((a, b) => a.berth.plate - b.berth.plate || a.berth.well - b.berth.well);
  return { species, individuals: readAll(drafts, settings, random.split('reads')) };
}

type Draft = Omit<CollectedInsect, 'barcode'>;

function readAll(drafts: readonly Draft[], settings: SimulationSettings, random: Rng): CollectedInsect[] {
  const readers = new Map<number, ReturnType<typeof plateReader>>();
  return drafts.map((draft) => {
    const { plate } = draft.berth;
    const reader = readers.get(plate) ?? plateReader(settings.world.barcodes.reads, random.split(plate));
    readers.set(plate, reader);
    return { ...draft, barcode: reader(draft.haplotype, random) };
  });
}

/** Orders get their published shares of the records; within an order, few species are common. */
function countsOf(species: readonly SimulatedSpecies[], settings: SimulationSettings, random: Rng): number[] {
  const byOrder = new Map<string, number>();
  for (const { lineage } of species) byOrder.set(lineage.order ?? '', (byOrder.get(lineage.order ?? '') ?? 0) + 1);
  const orders = [...byOrder];
  const records = orders.map(([order]) => orderShares.find((share) => share.order === order)?.records ?? 0);
  const spare = apportion(settings.specimens - settings.species, records, 0);
  return orders.flatMap(([, count], i) => abundances((spare[i] ?? 0) + count, count, random));
}

/** Haplotypes of all specimens, species by species. Hybrid species show those of a congener in half of their specimens. */
function hybrids(
  species: readonly SimulatedSpecies[],
  counts: readonly number[],
  { world: { barcodes } }: SimulationSettings,
  random: Rng,
): string[] {
  const pools = species.map(({ barcode }, i) =>
    population(barcode, counts[i] ?? 1, barcodes, random.split(`population ${i}`)),
  );
  const byGenus = new Map<string, number[]>();
  species.forEach(({ lineage }, i) => {
    byGenus.set(lineage.genus ?? '', [...(byGenus.get(lineage.genus ?? '') ?? []), i]);
  });
  return species.flatMap(({ lineage }, i) => {
    const own = pools[i] ?? [];
    const stream = random.split(`hybrid ${i}`);
    const congeners = (byGenus.get(lineage.genus ?? '') ?? []).filter((other) => other !== i);
    if (stream.uniform() >= barcodes.population.introgression || congeners.length === 0) return own;
    const donors = pools[congeners[stream.integer(congeners.length)] ?? i] ?? own;
    return own.map((haplotype) =>
      stream.uniform() < 0.5 ? haplotype : (donors[stream.integer(donors.length)] ?? haplotype),
    );
  });
}
