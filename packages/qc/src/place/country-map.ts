import { feature } from 'topojson-client';
import { alsoUnder, countryAliases, normalCountry } from './country-names.js';

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
  /** Kilometres to a country's outline, its dependencies included; 0 inside. */
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
  const names = new Map(shapes.map(({ name }) => [normalCountry(name), name]));
  const byName = new Map<string, Shape[]>();
  for (const shape of shapes) byName.set(shape.name, [...(byName.get(shape.name) ?? []), shape]);
  return {
    name: (country) => names.get(normalCountry(country)) ?? countryAliases[normalCountry(country)],
    at: (latitude, longitude) => [
      ...new Set(shapes.filter((shape) => inside(shape, latitude, longitude)).map(({ name }) => name)),
    ],
    distance: (country, latitude, longitude) => {
      const own = [country, ...(alsoUnder[country] ?? [])].flatMap((name) => byName.get(name) ?? []);
      if (own.some((shape) => inside(shape, latitude, longitude))) return 0;
      let least = Infinity;
      for (const { rings } of own) {
        for (const ring of rings) {
          least = Math.min(least, toRing(ring, latitude, longitude));
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

/** Kilometres to the nearest point of an outline, not corner: borders along a parallel have few. Flat around the place, which is enough near by. */
function toRing(ring: Ring, latitude: number, longitude: number): number {
  const degree = 6371 * (Math.PI / 180);
  const shrink = Math.cos((latitude * Math.PI) / 180);
  let least = Infinity;
  let nearest: readonly [number, number] = [Infinity, Infinity];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = flat(ring[i]);
    const [u, v] = flat(ring[j]);
    const along = (u - x) ** 2 + (v - y) ** 2;
    const share = along === 0 ? 0 : Math.max(0, Math.min(1, -(x * (u - x) + y * (v - y)) / along));
    const [p, q] = [x + share * (u - x), y + share * (v - y)];
    const square = p * p + q * q;
    if (square < least) [least, nearest] = [square, [p, q]];
  }
  const [p, q] = nearest;
  return kilometres(latitude, longitude, latitude + q / degree, longitude + p / (degree * Math.max(0.01, shrink)));

  function flat(corner: readonly [number, number] = [0, 0]): [number, number] {
    const turn = ((((corner[0] - longitude + 180) % 360) + 360) % 360) - 180;
    return [turn * shrink * degree, (corner[1] - latitude) * degree];
  }
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
