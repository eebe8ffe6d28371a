import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';
import { processIds } from '../sequences/ids-of.js';
import { kilometres } from './country-map.js';

export interface RangeOptions {
  /** Distinct places that a species must have; default 8. */
  readonly places?: number;
  /** Kilometres from the nearest other place of the species that are suspicious in any case; default 1,500. */
  readonly kilometres?: number;
  /** Times the distance at which nine in ten of its places have their nearest other one; default 6. */
  readonly spread?: number;
}

interface Site {
  readonly latitude: number;
  readonly longitude: number;
  readonly records: number[];
}

/** Sites of one species that are compared; those of commoner species are thinned by rounding. */
const mostSites = 2000;

/** Records far from all other places of their species, measured by what is usual for it. Introductions and wrong names look alike here: a warning. */
export function checkRange(library: Library, options: RangeOptions = {}): CheckFinding[] {
  const { places = 8, kilometres: farthest = 1500, spread = 6 } = options;
  const bySpecies = groupBy(library.records.keys(), (record) => library.names[record]?.species);
  return [...bySpecies].flatMap(([species, members]): CheckFinding[] => {
    const sites = sitesOf(library, members);
    if (sites.length < places || sites.length > mostSites) return [];
    const nearest = sites.map((site, i) =>
      sites.reduce((least, other, j) => {
        if (i === j) return least;
        return Math.min(least, kilometres(site.latitude, site.longitude, other.latitude, other.longitude));
      }, Infinity),
    );
    const usual = [...nearest].sort((a, b) => a - b)[Math.floor(0.9 * nearest.length)] ?? 0;
    const limit = Math.max(farthest, spread * usual);
    return sites.flatMap((site, i): CheckFinding[] => {
      const distance = nearest[i] ?? 0;
      if (distance <= limit) return [];
      return [
        {
          check: 'range-outlier',
          severity: 'warning',
          records: processIds(library, site.records),
          message: `${count(Math.round(distance), 'kilometre')} from the nearest other place of ${species} (${sites.length} places, nine in ten within ${Math.round(usual)}).`,
          evidence: {
            species,
            kilometres: Math.round(distance),
            places: sites.length,
            usual: Math.round(usual),
            score: Math.min(0.8, distance / 15_000),
          },
          action: 'check the coordinates, then the name; an introduction is possible',
        },
      ];
    });
  });
}

/** Places to a tenth of a degree. */
function sitesOf({ records }: Library, members: readonly number[]): Site[] {
  const sites = new Map<string, Site>();
  for (const record of members) {
    const { latitude, longitude } = records[record]?.place ?? {};
    if (latitude === undefined || longitude === undefined) continue;
    const key = `${latitude.toFixed(1)},${longitude.toFixed(1)}`;
    const site = sites.get(key);
    if (site === undefined) sites.set(key, { latitude, longitude, records: [record] });
    else site.records.push(record);
  }
  return [...sites.values()];
}

/** Species that a country has one record of while the table has at least `minimum` from elsewhere: first records, worth a second look. Notes. */
export function checkFirstRecords(library: Library, minimum = 10): CheckFinding[] {
  const bySpecies = groupBy(library.records.keys(), (record) => library.names[record]?.species);
  return [...bySpecies].flatMap(([species, members]) => {
    const byCountry = groupBy(members, (record) => library.records[record]?.place?.country);
    const total = [...byCountry.values()].reduce((sum, own) => sum + own.length, 0);
    if (byCountry.size < 2) return [];
    return [...byCountry].flatMap(([country, own]): CheckFinding[] => {
      if (own.length !== 1 || total - 1 < minimum) return [];
      return [
        {
          check: 'first-record-of-country',
          severity: 'info',
          records: processIds(library, own),
          message: `The only record of ${species} from ${country}; ${count(total - 1, 'record')} come from elsewhere.`,
          evidence: { species, country, elsewhere: total - 1 },
          action: 'confirm the name before the record is published as a first',
        },
      ];
    });
  });
}
