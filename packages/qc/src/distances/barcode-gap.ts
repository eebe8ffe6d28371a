import { geographicSpan, type GeographicSpan } from './geographic-span.js';
import type { Haplotype, HaplotypeRecord } from './haplotypes.js';

/** A distance between two haplotypes, by their positions in the list. Whoever computed it says by which measure. */
export interface HaplotypePair {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
}

/** What the distances say of one haplotype, and so of its records. */
export interface HaplotypeGap {
  readonly haplotype: Haplotype;
  /** Farthest haplotype of the same name. */
  readonly farthestOwn: Neighbouring | undefined;
  /** Nearest haplotype of another name. */
  readonly nearestOther: Neighbouring | undefined;
}

export interface Neighbouring {
  readonly haplotype: Haplotype;
  readonly distance: number;
}

/** The barcode gap of one species. */
export interface SpeciesGap {
  readonly name: string;
  readonly records: number;
  /** Different barcodes; one that is a part of a longer one of the species says nothing new and is not counted. */
  readonly haplotypes: number;
  /** Largest distance within the species; undefined below 2 haplotypes and where no two could be compared. */
  readonly largestWithin: number | undefined;
  /** The nearest haplotype of another species. */
  readonly nearestOther: Neighbouring | undefined;
  /** Nearest other less largest within: above 0 there is a gap. */
  readonly gap: number | undefined;
  /** Whether the gap also holds from the nearest species' side: its own largest distance is smaller too. */
  readonly pairwise: boolean | undefined;
  readonly undefinedBecause?: 'one haplotype' | 'nothing comparable within' | 'no other species near';
  readonly span: GeographicSpan;
}

export interface BarcodeGaps {
  /** One for each haplotype, in their order. */
  readonly haplotypes: readonly HaplotypeGap[];
  /** In order of name. */
  readonly species: readonly SpeciesGap[];
}

/**
 * Barcode gaps over unique haplotypes: largest distance within a species against smallest to another. Undefined below 2 haplotypes: a species seen
 * once has no spread. Largest and smallest take every pair into account that is given: give all within a species, and at least the nearest
 * across. Pairs that could not be compared are left out by the giver. Linear in the pairs, which may stream.
 */
export function barcodeGaps(
  list: readonly Haplotype[],
  pairs: Iterable<HaplotypePair>,
  records: Iterable<HaplotypeRecord> = [],
): BarcodeGaps {
  const farthest = new Extreme(list.length, (next, old) => next > old);
  const nearest = new Extreme(list.length, (next, old) => next < old);
  for (const { a, b, distance } of pairs) {
    const [one, other] = [list[a], list[b]];
    if (one === undefined || other === undefined || !(distance >= 0)) {
      throw new RangeError(`qc: a pair of haplotypes, got ${a}, ${b}, distance ${distance}, of ${list.length}`);
    }
    const extreme = one.name === other.name ? farthest : nearest;
    extreme.see(a, b, distance);
    extreme.see(b, a, distance);
  }
  const found = list.map((haplotype, i): HaplotypeGap => ({
    haplotype,
    farthestOwn: farthest.at(i, list),
    nearestOther: nearest.at(i, list),
  }));
  return { haplotypes: found, species: speciesGaps(found, records) };
}

/** The most extreme distance of each haplotype so far; of equal ones the first partner in the list. */
class Extreme {
  readonly #distance: Float64Array;
  readonly #partner: Int32Array;
  readonly #beats: (next: number, old: number) => boolean;

  constructor(size: number, beats: (next: number, old: number) => boolean) {
    this.#distance = new Float64Array(size);
    this.#partner = new Int32Array(size).fill(-1);
    this.#beats = beats;
  }

  see(at: number, partner: number, distance: number): void {
    const before = this.#partner[at] as number;
    const old = this.#distance[at] as number;
    if (before !== -1 && !this.#beats(distance, old) && !(distance === old && partner < before)) return;
    this.#distance[at] = distance;
    this.#partner[at] = partner;
  }

  at(i: number, list: readonly Haplotype[]): Neighbouring | undefined {
    const haplotype = list[this.#partner[i] as number];
    return haplotype === undefined ? undefined : { haplotype, distance: this.#distance[i] as number };
  }
}

function speciesGaps(found: readonly HaplotypeGap[], records: Iterable<HaplotypeRecord>): SpeciesGap[] {
  const byName = new Map<string, HaplotypeGap[]>();
  for (const one of found) {
    const own = byName.get(one.haplotype.name);
    if (own === undefined) byName.set(one.haplotype.name, [one]);
    else own.push(one);
  }
  const places = new Map(Array.from(records, ({ processId, place }) => [processId, place]));
  const counts = new Map(Array.from(byName, ([name, own]) => [name, distinctHaplotypes(own)]));
  const within = new Map(
    Array.from(byName, ([name, own]) => [name, (counts.get(name) ?? 0) < 2 ? undefined : largestOf(own)]),
  );
  return Array.from(byName, ([name, own]): SpeciesGap => {
    const ids = own.flatMap(({ haplotype }) => haplotype.records);
    const count = counts.get(name) ?? 0;
    const largestWithin = within.get(name);
    const nearestOther = nearestOf(own);
    const defined = largestWithin !== undefined && nearestOther !== undefined;
    const theirs = nearestOther === undefined ? undefined : (within.get(nearestOther.haplotype.name) ?? 0);
    const reason =
      count < 2 ? 'one haplotype' : largestWithin === undefined ? 'nothing comparable within' : 'no other species near';
    return {
      name,
      records: ids.length,
      haplotypes: count,
      largestWithin,
      nearestOther,
      gap: defined ? nearestOther.distance - largestWithin : undefined,
      pairwise: defined ? nearestOther.distance > Math.max(largestWithin, theirs ?? 0) : undefined,
      ...(defined ? {} : { undefinedBecause: reason }),
      span: geographicSpan(ids.map((id) => places.get(id))),
    };
  });
}

/** Barcodes that are not part of a longer one of the species. */
function distinctHaplotypes(own: readonly HaplotypeGap[]): number {
  const barcodes = own.map(({ haplotype }) => haplotype.barcode).sort((a, b) => b.length - a.length);
  let longer = '';
  let count = 0;
  for (const barcode of barcodes) {
    if (longer.includes(barcode)) continue;
    longer += `${barcode}\n`;
    count++;
  }
  return count;
}

function largestOf(own: readonly HaplotypeGap[]): number | undefined {
  const distances = own.flatMap(({ farthestOwn }) => farthestOwn?.distance ?? []);
  return distances.length === 0 ? undefined : distances.reduce((most, distance) => Math.max(most, distance));
}

function nearestOf(own: readonly HaplotypeGap[]): Neighbouring | undefined {
  return own
    .flatMap(({ nearestOther }) => nearestOther ?? [])
    .reduce<Neighbouring | undefined>(
      (best, one) => (best === undefined || one.distance < best.distance ? one : best),
      undefined,
    );
}
