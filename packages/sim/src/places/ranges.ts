import type { Rng } from '@bioscan/core';
import type { SimulatedSpecies } from '../species-tree.js';
import { draw } from '../substitution.js';
import type { Site } from './sites.js';

/** Degrees over which a species thins out from the centre of its range: log-normal, median about 200 km. */
const reach = { median: 2, sigma: 0.8 } as const;

/** How often each species is met at each site, relative to the others: (species, sites), rows sum to 1. */
export type Ranges = readonly (readonly number[])[];

/**
 * Gives each species a range: a centre, at a site drawn by its yield, from which it thins out with distance. With the chance `sympatry` it takes the
 * centre of its genus, so that congeners meet.
 */
export function planRanges(
  species: readonly SimulatedSpecies[],
  sites: readonly Site[],
  sympatry: number,
  random: Rng,
): Ranges {
  const weights = sites.map(({ weight }) => weight);
  const centres = new Map<string, number>();
  return species.map(({ lineage }, i) => {
    const stream = random.split(i);
    const genus = lineage.genus ?? '';
    const own = draw(stream, weights);
    const shared = centres.get(genus) ?? own;
    centres.set(genus, shared);
    const centre = sites[stream.uniform() < sympatry ? shared : own];
    const spread = reach.median * Math.exp(reach.sigma * stream.normal());
    const found = sites.map((site) => site.weight * Math.exp(-(distance(site, centre ?? site) / spread)));
    const total = found.reduce((sum, value) => sum + value, 0);
    return found.map((value) => value / total);
  });
}

function distance(a: Site, b: Site): number {
  const east = (a.place.longitude - b.place.longitude) * Math.cos((a.place.latitude * Math.PI) / 180);
  return Math.hypot(a.place.latitude - b.place.latitude, east);
}
