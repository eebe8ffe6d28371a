import {
  BioscanError,
  isBioscanError,
  throwIfCancelled,
  type Interval,
  type Pool,
  type Progress,
  type Store,
} from '@bioscan/core';
import type { DistanceGroup, DistancePlan, PlannedWork } from './distance-plan.js';
import { measurePairs, type PairResult, type PairTask, type PairWork } from './measure-pairs.js';
import { boxStatistics, mergeTallies, momentsOf, type BoxStatistics, type Moments, type Tally } from './tally.js';

/** Where and how the work is done; all of it may be left out. */
export interface DistanceHost {
  /** Runs the task {@link distanceTask} by `measurePairs`; default: in place, letting events in between units. */
  readonly pool?: Pool;
  /** Keeps what is done: the same plan goes on from there. */
  readonly store?: Store;
  readonly signal?: AbortSignal;
  /** In pairs. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Distances within one group. */
export interface GroupDistances {
  readonly group: DistanceGroup;
  readonly tally: Tally;
  readonly saturated: number;
  readonly incomparable: number;
  /** Undefined where no pair has a distance. */
  readonly moments: Moments | undefined;
  readonly box: BoxStatistics | undefined;
  /** Of the mean over all pairs of the group, where only some were drawn. */
  readonly interval: Interval | undefined;
  /** The barcodes farthest apart, among those compared. */
  readonly farthest: readonly [string, string] | undefined;
}

/** What a pool's worker calls `measurePairs` by. */
export const distanceTask = 'distances';

/**
 * Measures what was planned. Exact groups give the whole distribution, sampled ones an estimate with its interval. With a store each finished unit
 * is a line of `distances-<hash>.jsonl`; a run that was stopped goes on there, and a torn last line is measured again.
 * @returns one result a group, in the order of the plan
 * @throws BioscanError `cancelled`
 */
export async function distancesByRank(plan: DistancePlan, host: DistanceHost = {}): Promise<GroupDistances[]> {
  const log = await openLog(plan, host.store);
  const results = new Map(log.done);
  const total = plan.groups.reduce((sum, { compared }) => sum + compared, 0);
  let done = 0;
  for (const i of results.keys()) done += sizeOf(plan.units[i]);
  host.onProgress?.({ done, total });
  const todo = [...plan.units.keys()].filter((i) => !results.has(i));
  const lane = async (): Promise<void> => {
    for (let i = todo.shift(); i !== undefined; i = todo.shift()) {
      throwIfCancelled(host.signal, 'qc: distances');
      const unit = plan.units[i] as readonly PlannedWork[];
      const found = await measureUnit(plan, unit, host.pool);
      throwIfCancelled(host.signal, 'qc: distances');
      results.set(i, found);
      await log.add(i, found);
      host.onProgress?.({ done: (done += sizeOf(unit)), total });
    }
  };
  await Promise.all(Array.from({ length: host.pool === undefined ? 1 : lanes }, lane));
  return gather(plan, results);
}

/** Units that wait in the pool's queue at most. */
const lanes = 16;

async function measureUnit(
  plan: DistancePlan,
  unit: readonly PlannedWork[],
  pool: Pool | undefined,
): Promise<PairResult[]> {
  const task: PairTask = { measure: plan.measure, work: unit.map(({ work }) => trimmed(work)) };
  if (pool !== undefined) return shifted(await pool.run<PairResult[]>(distanceTask, task), unit);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return shifted(measurePairs(task), unit);
}

/** Rows need only the barcodes from their first on. */
function trimmed(work: PairWork): PairWork {
  if (!('barcodes' in work)) return work;
  const { barcodes, from, to } = work;
  return { barcodes: barcodes.slice(from), from: 0, to: to - from };
}

function shifted(results: readonly PairResult[], unit: readonly PlannedWork[]): PairResult[] {
  return results.map((result, i) => {
    const work = unit[i]?.work;
    if (work === undefined || !('barcodes' in work) || result.farthest === undefined) return result;
    const [a, b] = result.farthest;
    return { ...result, farthest: [a + work.from, b + work.from] };
  });
}

function sizeOf(unit: readonly PlannedWork[] | undefined): number {
  let pairs = 0;
  for (const { work } of unit ?? []) {
    if ('first' in work) pairs += work.first.length;
    else pairs += ((work.to - work.from) * (2 * work.barcodes.length - work.from - work.to - 1)) / 2;
  }
  return pairs;
}

interface Log {
  readonly done: ReadonlyMap<number, readonly PairResult[]>;
  add(unit: number, results: readonly PairResult[]): Promise<void>;
}

async function openLog(plan: DistancePlan, store: Store | undefined): Promise<Log> {
  if (store === undefined) return { done: new Map(), add: () => Promise.resolve() };
  const name = `distances-${plan.hash.slice(0, 12)}.jsonl`;
  const lines = await readLines(store, name);
  // Rewritten whole, so that the next line does not continue a torn one.
  await store.write(name, encode(lines));
  return {
    done: new Map(lines.map((line) => JSON.parse(line) as [number, PairResult[]])),
    add: (unit, results) => store.append(name, encode([JSON.stringify([unit, results])])),
  };
}

async function readLines(store: Store, name: string): Promise<string[]> {
  try {
    return new TextDecoder()
      .decode(await store.read(name))
      .split('\n')
      .slice(0, -1);
  } catch (error) {
    if (isBioscanError(error) && error.code === 'not-found') return [];
    throw error;
  }
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

interface Piece {
  readonly work: PairWork;
  readonly result: PairResult;
}

function gather(plan: DistancePlan, results: ReadonlyMap<number, readonly PairResult[]>): GroupDistances[] {
  const pieces = plan.groups.map((): Piece[] => []);
  plan.units.forEach((unit, i) => {
    unit.forEach(({ group, work }, p) => {
      const result = results.get(i)?.[p];
      if (result === undefined) throw new BioscanError('bad-file', `qc: distances: unit ${i} of the log is not whole`);
      pieces[group]?.push({ work, result });
    });
  });
  return plan.groups.map((group, i) => groupDistances(group, pieces[i] ?? []));
}

function groupDistances(group: DistanceGroup, pieces: readonly Piece[]): GroupDistances {
  const tally = mergeTallies(pieces.map(({ result }) => result.tally));
  const moments = momentsOf(tally);
  return {
    group,
    tally,
    saturated: pieces.reduce((sum, { result }) => sum + result.saturated, 0),
    incomparable: pieces.reduce((sum, { result }) => sum + result.incomparable, 0),
    moments,
    box: boxStatistics(tally),
    interval: group.exact ? undefined : meanInterval(moments),
    farthest: farthestOf(pieces),
  };
}

/** Normal, 95 %: pairs were drawn with replacement, so it speaks of this group's mean over all its pairs, not of the species in nature. */
function meanInterval(moments: Moments | undefined): Interval | undefined {
  if (moments?.deviation === undefined) return undefined;
  const reach = (1.959964 * moments.deviation) / Math.sqrt(moments.count);
  return { low: moments.mean - reach, high: moments.mean + reach, level: 0.95, unit: 'pair' };
}

function farthestOf(pieces: readonly Piece[]): readonly [string, string] | undefined {
  let best: Piece | undefined;
  const reach = ({ result }: Piece): number => result.tally.values[result.tally.values.length - 1] ?? -1;
  for (const piece of pieces) if (best === undefined || reach(piece) > reach(best)) best = piece;
  if (best?.result.farthest === undefined) return undefined;
  const [a, b] = best.result.farthest;
  const { work } = best;
  if ('first' in work) return [work.first[a >> 1] as string, work.second[a >> 1] as string];
  return [work.barcodes[a] as string, work.barcodes[b] as string];
}
