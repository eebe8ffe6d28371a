import { feature } from 'topojson-client';
import { countryAliases } from './country-names.js';

/** The parts of a TopoJSON world that are read: package world-atlas has them (`countries-50m.json`, Natural Earth). */
export interface WorldTopology {
  readonly type: 'Topology';
  readonly objects: { readonly countries: unknown };
}

/** Which country a place lies in. */
export interface CountryMap {
  /** The name that the map has for a country of a table; undefined for what it does not know. */
  name(country: string): string | undefined;
  /** Countries at a place: several where their coasts overlap, none at sea. */
  at(latitude: number, longitude: number): readonly string[];
  /** Kilometres to the nearest corner of a country's outline; 0 inside. */
  distance(country: string, latitude: number, longitude: number): number;
}

type Ring = readonly (readonly [number, number])[];

interface Shape {
  readonly name: string;
  readonly rings: readonly Ring[];
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

interface Feature {
  readonly properties: { readonly name: string };
  readonly geometry: { readonly type: string; readonly coordinates: unknown } | null;
}

/** Reads country outlines. Borders follow Natural Earth's and say nothing of claims. */
export function countryMap(world: WorldTopology): CountryMap {
  const topology = world as unknown as Parameters<typeof feature>[0];
  const { features } = feature(topology, world.objects.countries as never) as unknown as {
    features: readonly Feature[];
  };
  const shapes = features.flatMap(shapesOf);
  const names = new Map(shapes.map(({ name }) => [name.toLowerCase(), name]));
  const byName = new Map<string, Shape[]>();
  for (const shape of shapes) byName.set(shape.name, [...(byName.get(shape.name) ?? []), shape]);
  return {
    name: (country) => names.get(country.toLowerCase()) ?? countryAliases[country.toLowerCase()],
    at: (latitude, longitude) => [
      ...new Set(shapes.filter((shape) => inside(shape, latitude, longitude)).map(({ name }) => name)),
    ],
    distance: (country, latitude, longitude) => {
      const own = byName.get(country) ?? [];
      if (own.some((shape) => inside(shape, latitude, longitude))) return 0;
      let least = Infinity;
      for (const { rings } of own) {
        for (const ring of rings) {
          for (const [x, y] of ring) least = Math.min(least, kilometres(latitude, longitude, y, x));
        }
      }
      return least;
    },
  };
}

/** One shape a polygon, so that boxes are small. */
function shapesOf({ properties, geometry }: Feature): Shape[] {
  if (geometry === null) return [];
  const polygons = (
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  ) as readonly (readonly Ring[])[];
  return polygons.map((rings) => {
    const xs = rings[0]?.map(([x]) => x) ?? [];
    const ys = rings[0]?.map(([, y]) => y) ?? [];
    return {
      name: properties.name,
      rings,
      west: Math.min(...xs),
      east: Math.max(...xs),
      south: Math.min(...ys),
      north: Math.max(...ys),
    };
  });
}

/** Even-odd rule: holes fall out by themselves. */
function inside({ rings, west, east, south, north }: Shape, latitude: number, longitude: number): boolean {
  if (longitude < west || longitude > east || latitude < south || latitude > north) return false;
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x, y] = ring[i] as readonly [number, number];
      const [u, v] = ring[j] as readonly [number, number];
      if (y > latitude !== v > latitude && longitude < ((u - x) * (latitude - y)) / (v - y) + x) odd = !odd;
    }
  }
  return odd;
}

/** Great-circle distance on a sphere of 6,371 km. */
export function kilometres(latitude: number, longitude: number, otherLatitude: number, otherLongitude: number): number {
  const radians = Math.PI / 180;
  const a =
    Math.sin(((otherLatitude - latitude) * radians) / 2) ** 2 +
    Math.cos(latitude * radians) *
      Math.cos(otherLatitude * radians) *
      Math.sin(((otherLongitude - longitude) * radians) / 2) ** 2;
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(a)));
}
