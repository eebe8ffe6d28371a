import type { Specimen } from '@bioscan/core';
import { unitVector, type EqualAreaGrid } from './equal-area-grid.js';

/** A named specimen at a place. */
export interface Occurrence {
  readonly id: string;
  readonly species: string;
  readonly genus: string;
  /** WGS84 degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

/** Occurrences, and how many records are none: each counted once, under the first reason that holds. */
export interface Occurrences {
  readonly placed: readonly Occurrence[];
  readonly setAside: {
    readonly withoutCoordinates: number;
    /** Latitude without longitude, or the reverse. Readers drop such pairs and report them as rejects. */
    readonly halfPairs: number;
    readonly outOfRange: number;
    readonly withoutName: number;
  };
}

/** The records that have a species, its genus, and both coordinates. */
export function occurrencesOf(records: Iterable<Pick<Specimen, 'processId' | 'lineage' | 'place'>>): Occurrences {
  const placed: Occurrence[] = [];
  const setAside = { withoutCoordinates: 0, halfPairs: 0, outOfRange: 0, withoutName: 0 };
  for (const { processId, lineage, place } of records) {
    const { latitude, longitude } = place ?? {};
    const { genus, species } = lineage;
    if (latitude === undefined && longitude === undefined) setAside.withoutCoordinates++;
    else if (latitude === undefined || longitude === undefined) setAside.halfPairs++;
    else if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) setAside.outOfRange++;
    else if (genus === undefined || species === undefined) setAside.withoutName++;
    else placed.push({ id: processId, species, genus, latitude, longitude });
  }
  return { placed, setAside };
}

/** The occurrences of species that have at least `minimum` of them. */
export function wellPlaced(occurrences: readonly Occurrence[], minimum = 20): Occurrence[] {
  const counts = new Map<string, number>();
  for (const { species } of occurrences) counts.set(species, (counts.get(species) ?? 0) + 1);
  return occurrences.filter(({ species }) => (counts.get(species) ?? 0) >= minimum);
}

/** An occurrence with what is asked of its place again and again. */
export interface LocatedOccurrence extends Occurrence {
  readonly cell: string;
  readonly vector: readonly [number, number, number];
  /** Names the exact place. */
  readonly point: string;
}

/** Finds the cells of occurrences once. */
export function locate(occurrences: Iterable<Occurrence>, grid: EqualAreaGrid): LocatedOccurrence[] {
  return Array.from(occurrences, (one) => ({
    ...one,
    cell: grid.cellOf(one.latitude, one.longitude),
    vector: unitVector(one.latitude, one.longitude),
    point: `${one.latitude},${one.longitude}`,
  }));
}
