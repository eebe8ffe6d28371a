import { arcKilometres, unitVector, type EqualAreaGrid } from './equal-area-grid.js';
import { locate, type LocatedOccurrence, type Occurrence } from './occurrences.js';

type Vector = readonly [number, number, number];

/** How likely a species is met at a place, from where it was met before. */
export interface RangePrior {
  /**
   * Mean over the species' occupied cells of exp(-distance / reach), 0 to 1: a density over places, so that common species have no advantage.
   * Undefined where the species has no record: nothing is known, for or against.
   */
  density(species: string, latitude: number, longitude: number): number | undefined;
  /** Kilometres to the nearest record of the species; undefined without one. */
  nearest(species: string, latitude: number, longitude: number): number | undefined;
}

export interface RangePriorOptions {
  readonly grid: EqualAreaGrid;
  /** Kilometres over which a record's word fades to 1/e. Default 500. */
  readonly reach?: number;
}

/** A prior of ranges. Records of one species in one cell count once, at their mean place: a trap that ran for years is one site. */
export function rangePrior(occurrences: Iterable<Occurrence>, { grid, reach = 500 }: RangePriorOptions): RangePrior {
  if (!(reach > 0)) throw new RangeError(`eval: range prior with a reach of ${reach} km, expected above 0`);
  return priorOf(rangesOf(locate(occurrences, grid)), reach);
}

/** Where one species was met. */
export interface Range {
  /** Mean place of the records in each occupied cell. */
  readonly sites: readonly Vector[];
  /** Each exact place once. */
  readonly points: readonly Vector[];
}

export type Ranges = ReadonlyMap<string, Range>;

/** The prior that ranges give under a reach in kilometres. */
export function priorOf(ranges: Ranges, reach: number): RangePrior {
  return {
    density: (species, latitude, longitude) => {
      const sites = ranges.get(species)?.sites;
      if (sites === undefined) return undefined;
      const here = unitVector(latitude, longitude);
      let sum = 0;
      for (const site of sites) sum += Math.exp(-arcKilometres(here, site) / reach);
      return sum / sites.length;
    },
    nearest: (species, latitude, longitude) => {
      const points = ranges.get(species)?.points;
      if (points === undefined) return undefined;
      const here = unitVector(latitude, longitude);
      return points.reduce((least, point) => Math.min(least, arcKilometres(here, point)), Infinity);
    },
  };
}

/** Ranges of the species of some occurrences. */
export function rangesOf(occurrences: readonly LocatedOccurrence[]): Ranges {
  const bySpecies = new Map<string, { cells: Map<string, [number, number, number]>; points: Map<string, Vector> }>();
  for (const { species, cell, vector, point } of occurrences) {
    let found = bySpecies.get(species);
    if (found === undefined) bySpecies.set(species, (found = { cells: new Map(), points: new Map() }));
    found.points.set(point, vector);
    const sum = found.cells.get(cell);
    if (sum === undefined) found.cells.set(cell, [...vector]);
    else vector.forEach((value, axis) => (sum[axis] = (sum[axis] as number) + value));
  }
  return new Map(
    [...bySpecies].map(([species, { cells, points }]) => [
      species,
      { sites: [...cells.values()].map(normalised), points: [...points.values()] },
    ]),
  );
}

function normalised([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
