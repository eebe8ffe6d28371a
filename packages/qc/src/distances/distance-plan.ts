import { barcodeKey, BioscanError, labelAt, rng, sha256, type LabelRank } from '@bioscan/core';
import type { HaplotypeRecord } from './haplotypes.js';
import type { DistanceMeasure, PairWork } from './measure-pairs.js';

export interface DistanceOptions {
  /** Default `p`. */
  readonly measure?: DistanceMeasure;
  /** Default class, order, family, genus, species. */
  readonly ranks?: readonly LabelRank[];
  /** Groups of up to so many pairs are compared whole; default: any species or BIN, 20,000 at other ranks. `paper` takes 1,000 barcodes at most. */
  readonly exactPairs?: number;
  /** Pairs drawn from a larger group, with replacement; default 10,000. */
  readonly sampledPairs?: number;
  /** Fewest different barcodes of a group; default 2, `paper` 5. */
  readonly minimumBarcodes?: number;
  /** Letters of the compared barcodes: `paper` cuts and pads to it (625), edit measures take no others (the commonest length). */
  readonly length?: number;
  readonly seed?: number;
}

/** The records of one name at a rank. */
export interface DistanceGroup {
  readonly rank: LabelRank;
  readonly name: string;
  readonly records: number;
  /** Records of each different barcode. */
  readonly counts: readonly number[];
  /** The barcodes that are compared, longest first. */
  readonly barcodes: readonly string[];
  /** `paper` and edit measures: barcodes that were cut, capped or are of another length, and so are not compared as they are. */
  readonly setAside: number;
  /** Pairs that there are, and those that are compared. */
  readonly pairs: number;
  readonly compared: number;
  readonly exact: boolean;
}

/** A piece of a unit: whose pairs. */
export interface PlannedWork {
  readonly group: number;
  readonly work: PairWork;
}

/** What is going to be compared. Pure data: printable before anything runs. */
export interface DistancePlan {
  readonly measure: DistanceMeasure;
  readonly ranks: readonly LabelRank[];
  readonly groups: readonly DistanceGroup[];
  readonly minimumBarcodes: number;
  /** Length of the compared barcodes where the measure asks for one. */
  readonly length: number | undefined;
  readonly seed: number;
  /** What is done at a time, and written down when done. */
  readonly units: readonly (readonly PlannedWork[])[];
  /** Of everything that the result depends on. */
  readonly hash: string;
}

/** Pairs of a unit: about half a second. */
const unitPairs = 5000;
const paperCap = 1000;

/**
 * Plans distances within groups, over different barcodes (`barcodeKey`). Records without a barcode or without a name at a rank are left out there.
 * @throws BioscanError `missing-column` when no record has a name at any of the ranks, `bad-input` without barcodes
 */
export function planDistances(records: Iterable<HaplotypeRecord>, options: DistanceOptions = {}): DistancePlan {
  const { measure = 'p', ranks = defaultRanks, seed = 1 } = options;
  const { minimumBarcodes = measure === 'paper' ? 5 : 2 } = options;
  const keyed = Array.from(records, (record) => ({ record, key: barcodeKey(record.barcode ?? '') })).filter(
    ({ key }) => key !== '',
  );
  if (keyed.length === 0) {
    throw new BioscanError('bad-input', 'qc: distances, got no record with a barcode, expected a column of sequences');
  }
  const length = lengthOf(
    measure,
    options.length,
    keyed.map(({ key }) => key),
  );
  const groups = ranks.flatMap((rank) =>
    grouped(keyed, rank).map(([name, keys]) => group({ rank, name, keys, measure, length, minimumBarcodes }, options)),
  );
  if (groups.length === 0) {
    throw new BioscanError(
      'missing-column',
      `qc: distances, got no names at ${ranks.join(', ')}; give the table a column of one of these ranks, or name others`,
    );
  }
  const units = planUnits(groups, options);
  const settings = { measure, ranks, minimumBarcodes, length, seed, ...options };
  const barcodes = groups.map(({ rank, name, barcodes: own }) => [rank, name, ...own].join(' '));
  const hash = sha256([JSON.stringify(settings), ...barcodes].join('\n'));
  return { measure, ranks, groups, minimumBarcodes, length, seed, units, hash };
}

const defaultRanks: readonly LabelRank[] = ['class', 'order', 'family', 'genus', 'species'];

interface Keyed {
  readonly record: HaplotypeRecord;
  readonly key: string;
}

/** Undefined where barcodes are compared as they are. The commonest length: the longest of equally common ones. */
function lengthOf(measure: DistanceMeasure, asked: number | undefined, keys: readonly string[]): number | undefined {
  if (measure === 'p' || measure === 'k2p') return undefined;
  if (asked !== undefined || measure === 'paper') return asked ?? 625;
  const counts = new Map<number, number>();
  for (const key of new Set(keys)) counts.set(key.length, (counts.get(key.length) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || b - a)[0]?.[0];
}

/** Names in order, each with its barcodes and how many records carry them. */
function grouped(keyed: readonly Keyed[], rank: LabelRank): [string, Map<string, number>][] {
  const names = new Map<string, Map<string, number>>();
  for (const { record, key } of keyed) {
    const name = labelAt(record, rank);
    if (name === undefined || name === '') continue;
    const keys = names.get(name) ?? new Map<string, number>();
    names.set(name, keys);
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}

interface GroupPlan {
  readonly rank: LabelRank;
  readonly name: string;
  readonly keys: ReadonlyMap<string, number>;
  readonly measure: DistanceMeasure;
  readonly length: number | undefined;
  readonly minimumBarcodes: number;
}

function group(plan: GroupPlan, options: DistanceOptions): DistanceGroup {
  const { rank, name, keys, measure, length, minimumBarcodes } = plan;
  const { exactPairs = rank === 'species' || rank === 'bin' ? Infinity : 20_000 } = options;
  const { sampledPairs = 10_000, seed = 1 } = options;
  const kept = keys.size < minimumBarcodes ? [] : usable([...keys.keys()], measure, length).sort(longestFirst);
  const random = rng(seed).split('distances').split(rank).split(name);
  const capped = measure === 'paper' && rank !== 'species' && kept.length > paperCap;
  const barcodes = capped ? random.shuffle(kept).slice(0, paperCap).sort(longestFirst) : kept;
  const pairs = barcodes.length < 2 ? 0 : (barcodes.length * (barcodes.length - 1)) / 2;
  const exact = measure === 'paper' || pairs <= exactPairs;
  const counts = [...keys.values()];
  return {
    rank,
    name,
    records: counts.reduce((sum, count) => sum + count, 0),
    counts,
    barcodes,
    setAside: kept.length === 0 && keys.size < minimumBarcodes ? 0 : keys.size - barcodes.length,
    pairs,
    compared: exact ? pairs : sampledPairs,
    exact,
  };
}

/** Strings that are equal once cut vanish, as they did in the paper. */
function usable(keys: readonly string[], measure: DistanceMeasure, length: number | undefined): string[] {
  if (length === undefined) return [...keys];
  if (measure !== 'paper') return keys.filter((key) => key.length === length);
  return [...new Set(keys.map((key) => key.slice(0, length).padEnd(length, '-')))];
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length || (a < b ? 1 : a > b ? -1 : 0);
}

function planUnits(groups: readonly DistanceGroup[], options: DistanceOptions): PlannedWork[][] {
  const units: PlannedWork[][] = [];
  let unit: PlannedWork[] = [];
  let room = unitPairs;
  const add = (group: number, work: PairWork, pairs: number): void => {
    unit.push({ group, work });
    room -= pairs;
    if (room > 0) return;
    units.push(unit);
    unit = [];
    room = unitPairs;
  };
  groups.forEach((one, i) => {
    if (one.exact) addRows(one.barcodes, () => room, (work, pairs) => { add(i, work, pairs); }); // prettier-ignore
    else addSample(one, options, (work, pairs) => { add(i, work, pairs); }); // prettier-ignore
  });
  if (unit.length > 0) units.push(unit);
  return units;
}

type AddWork = (work: PairWork, pairs: number) => void;

function addRows(barcodes: readonly string[], room: () => number, add: AddWork): void {
  const n = barcodes.length;
  for (let from = 0; from < n - 1;) {
    let to = from;
    let pairs = 0;
    while (to < n - 1 && (to === from || pairs < room())) pairs += n - 1 - to++;
    add({ barcodes, from, to }, pairs);
    from = to;
  }
}

function addSample(
  { rank, name, barcodes, compared }: DistanceGroup,
  { seed = 1 }: DistanceOptions,
  add: AddWork,
): void {
  const random = rng(seed).split('distance pairs').split(rank).split(name);
  for (let done = 0; done < compared; done += unitPairs) {
    const size = Math.min(unitPairs, compared - done);
    const draws = Array.from({ length: size }, () => {
      const a = random.integer(barcodes.length);
      const b = random.integer(barcodes.length - 1);
      return [a, b < a ? b : b + 1] as const;
    });
    const first = draws.map(([a]) => barcodes[a] as string);
    add({ first, second: draws.map(([, b]) => barcodes[b] as string) }, size);
  }
}
