import type { Place } from '@bioscan/core';
import type { CellBox, EqualAreaGrid } from './equal-area-grid.js';

/** Records of one name, as a country. */
export interface PlaceCount {
  readonly name: string;
  readonly records: number;
}

/** Records of one cell of a map. */
export interface CellCount extends CellBox {
  readonly records: number;
}

/** Where records come from. Lists are by records, most first, then by name. */
export interface GeographyCounts {
  readonly records: number;
  readonly countries: readonly PlaceCount[];
  /** `country / province`: provinces of two countries may share a name. */
  readonly provinces: readonly PlaceCount[];
  readonly cells: readonly CellCount[];
  readonly kilometres: number;
  /** Records with both coordinates, and how many exact places these are. */
  readonly georeferenced: number;
  readonly points: number;
  /** Records that lack something, each counted under everything that it lacks. */
  readonly missing: {
    readonly country: number;
    readonly province: number;
    readonly coordinates: number;
    /** Latitude without longitude, or the reverse: set aside. Readers drop such pairs before and report them as rejects. */
    readonly halfPairs: number;
    readonly outOfRange: number;
  };
}

/** Counts records by country, province and cell of equal area. O(records). */
export function geographyCounts(
  records: Iterable<{ readonly place?: Place | undefined }>,
  grid: EqualAreaGrid,
): GeographyCounts {
  const [countries, provinces, cells] = [new Tally(), new Tally(), new Tally()];
  const points = new Set<string>();
  const missing = { country: 0, province: 0, coordinates: 0, halfPairs: 0, outOfRange: 0 };
  let all = 0;
  let georeferenced = 0;
  for (const { place = {} } of records) {
    all++;
    const { country, province, latitude, longitude } = place;
    if (country === undefined) missing.country++;
    else countries.add(country);
    if (province === undefined) missing.province++;
    else provinces.add(`${country ?? 'no country'} / ${province}`);
    if (latitude === undefined && longitude === undefined) missing.coordinates++;
    else if (latitude === undefined || longitude === undefined) missing.halfPairs++;
    else if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) missing.outOfRange++;
    else {
      georeferenced++;
      points.add(`${latitude},${longitude}`);
      cells.add(grid.cellOf(latitude, longitude));
    }
  }
  return {
    records: all,
    countries: countries.sorted(),
    provinces: provinces.sorted(),
    cells: cells.sorted().map(({ name, records: count }) => ({ ...grid.boxOf(name), records: count })),
    kilometres: grid.kilometres,
    georeferenced,
    points: points.size,
    missing,
  };
}

class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  sorted(): PlaceCount[] {
    return [...this.#counts]
      .map(([name, records]) => ({ name, records }))
      .sort((a, b) => b.records - a.records || (a.name < b.name ? -1 : 1));
  }
}
