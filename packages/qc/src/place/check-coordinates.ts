import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';
import { processIds } from '../sequences/ids-of.js';
import type { CountryMap } from './country-map.js';

export interface CoordinateOptions {
  /** Kilometres that coordinates may lie outside the country or off the coast: outlines are coarse; default 50. */
  readonly tolerance?: number;
}

/** Ways in which coordinates are spoilt, and what undoes each. */
const repairs = {
  'latitude and longitude changed places': (latitude: number, longitude: number) => [longitude, latitude],
  'the sign of the longitude is lost': (latitude: number, longitude: number) => [latitude, -longitude],
  'the sign of the latitude is lost': (latitude: number, longitude: number) => [-latitude, longitude],
  'both signs are lost': (latitude: number, longitude: number) => [-latitude, -longitude],
} as const satisfies Record<string, (latitude: number, longitude: number) => [number, number]>;

/**
 * Coordinates outside the country that the record names, or at sea where it names none; a repair that would put them into the country is named.
 * One finding a place. Half a pair is reported as such. Countries that the map does not know and coordinates without a country on land are passed over.
 */
export function checkCoordinates(library: Library, map: CountryMap, options: CoordinateOptions = {}): CheckFinding[] {
  const { tolerance = 50 } = options;
  const placed = library.records.keys();
  const bySite = groupBy(placed, (record) => {
    const { latitude, longitude, country } = library.records[record]?.place ?? {};
    return latitude === undefined ||
      longitude === undefined ||
      !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)
      ? undefined
      : `${latitude},${longitude},${country ?? ''}`;
  });
  const outside = [...bySite.values()].flatMap((members): CheckFinding[] => {
    const { latitude = 0, longitude = 0, country } = library.records[members[0] ?? -1]?.place ?? {};
    const own = country === undefined ? undefined : map.name(country);
    if (own !== undefined) return outsideCountry(library, map, { members, latitude, longitude, own, tolerance });
    return country === undefined ? atSea(library, map, members, latitude, longitude) : [];
  });
  return [...unusable(library), ...outside];
}

/** Half a pair, or numbers that are no place on Earth. */
function unusable(library: Library): CheckFinding[] {
  return library.records.flatMap(({ processId, place = {} }): CheckFinding[] => {
    const { latitude, longitude } = place;
    if (latitude === undefined && longitude === undefined) return [];
    const half = latitude === undefined || longitude === undefined;
    if (!half && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return [];
    const [given, absent] = latitude === undefined ? ['longitude', 'latitude'] : ['latitude', 'longitude'];
    return [
      {
        check: 'coordinates-unusable',
        severity: 'warning',
        records: [processId],
        message: half ? `A ${given} without a ${absent}.` : `${latitude}, ${longitude} is no place on Earth.`,
        evidence: { latitude: String(latitude ?? ''), longitude: String(longitude ?? ''), score: 0.5 },
        action: half ? `look up the ${absent}` : 'ask the collector for the place',
      },
    ];
  });
}

interface Site {
  readonly members: readonly number[];
  readonly latitude: number;
  readonly longitude: number;
  /** The country that the records name, as the map does. */
  readonly own: string;
  readonly tolerance: number;
}

function outsideCountry(library: Library, map: CountryMap, site: Site): CheckFinding[] {
  const { members, latitude, longitude, own, tolerance } = site;
  const distance = map.distance(own, latitude, longitude);
  if (distance <= tolerance) return [];
  const country = library.records[members[0] ?? -1]?.place?.country ?? '';
  const [repair] = Object.entries(repairs).filter(([, undo]) => {
    const [y, x] = undo(latitude, longitude);
    return Math.abs(y) <= 90 && map.distance(own, y, x) <= tolerance;
  });
  const found = map.at(latitude, longitude)[0];
  const where = found === undefined ? 'at sea' : `in ${found}`;
  return [
    {
      check: 'coordinates-not-in-country',
      severity: 'error',
      records: processIds(library, members),
      message: `${latitude}, ${longitude} lies ${where}, ${count(Math.round(distance), 'kilometre')} from ${country}${repair === undefined ? '' : `; it fits if ${repair[0]}`}.`,
      evidence: {
        latitude, longitude, country, found: found ?? 'sea', kilometres: Math.round(distance),
        ...(repair === undefined ? {} : { repair: repair[0] }),
        score: repair === undefined ? Math.min(0.9, 0.4 + distance / 4000) : 0.97,
      },
      action: repair === undefined ? 'ask the collector for the place' : `correct the coordinates: ${repair[0]}`,
    },
  ]; // prettier-ignore
}

function atSea(
  library: Library,
  map: CountryMap,
  members: readonly number[],
  latitude: number,
  longitude: number,
): CheckFinding[] {
  if (map.at(latitude, longitude).length > 0) return [];
  return [
    {
      check: 'coordinates-at-sea',
      severity: 'warning',
      records: processIds(library, members),
      message: `${latitude}, ${longitude} lies at sea, and no country is given.`,
      evidence: { latitude, longitude, score: 0.5 },
      action: 'ask the collector for the place',
    },
  ];
}
