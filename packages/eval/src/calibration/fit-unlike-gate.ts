import { BioscanError, type Rng, type Tensor, type UnlikeGate } from '@bioscan/core';
import { requireMatrix } from '../matrix.js';
import { drawnRows, fittedPlaces, groupList, scoresAsNew, takenRows, type PhotoGroups } from './gate-places.js';

export interface FitUnlikeGateOptions {
  readonly rng: Rng;
  /**
   * What each photo belongs to, such as its species, or species and plate: its own score then comes from a gate that knows nothing of these
   * groups, as if all of them were new. Without it, a species or a session that the training photos lack is unlike them.
   */
  readonly groups?: readonly PhotoGroups[];
  /** Share of photos like the training ones that may be called unlike. Default 0.05. */
  readonly falseAlarmRate?: number;
  /** Nearest training photos that a score averages over. Default 5. */
  readonly neighbours?: number;
  /** Most training photos that are kept, drawn at random. Default 2,000. */
  readonly most?: number;
  /** Most directions. Default 32. */
  readonly axes?: number;
  /** Parts for cross-fitting. Default 10. */
  readonly folds?: number;
}

/**
 * Fits the gate on the vectors of training photos alone `(n, d)`: directions of equal spread, and each photo's score by a gate of the other
 * folds (directions and points), so that a new photo of the same kind has a uniform p-value. An encoder that fits its training photos closer
 * than new ones raises more false alarms than stated: where photos were held out, `fitHeldOutGate` is right.
 * @throws BioscanError `bad-input` with fewer than 20 photos, which cannot hold a rate of one in twenty
 */
export function fitUnlikeGate(vectors: Tensor<'float32'>, options: FitUnlikeGateOptions): UnlikeGate {
  const { rng, falseAlarmRate = 0.05, neighbours = 5, most = 2000, axes = 32, folds = 10 } = options;
  const { rows: count, columns: dimension } = requireMatrix(vectors);
  requireRate(falseAlarmRate);
  const rows = drawnRows(count, most, rng.split('photos'));
  const needed = Math.max(20, Math.ceil(1 / falseAlarmRate), 2 * neighbours + 2);
  if (rows.length < needed) {
    const what = `got ${rows.length} training photos, expected at least ${needed}`;
    throw new BioscanError('bad-input', `eval: gate, ${what}`, { photos: rows.length });
  }
  const groups = rows.map((row) => groupList(options.groups?.[row]));
  const fold = dealt(
    groups.map(([first], i) => first ?? `photo ${i}`),
    folds,
    rng.split('folds'),
  );
  const scores: number[] = [];
  for (let held = 0; held < folds; held++) {
    const part = (own: boolean): number[] => [...rows.keys()].filter((i) => (fold[i] === held) === own);
    const [kept, judged] = [part(false), part(true)];
    const vectorsOf = (of: readonly number[]): Tensor<'float32'> =>
      takenRows(
        vectors,
        of.map((i) => rows[i] as number),
      );
    const groupsOf = (of: readonly number[]): (readonly string[])[] => of.map((i) => groups[i] ?? []);
    const others = fittedPlaces(vectorsOf(kept), groupsOf(kept), axes);
    scores.push(...scoresAsNew(others, vectorsOf(judged), groupsOf(judged), neighbours));
  }
  const { basis, points } = fittedPlaces(takenRows(vectors, rows), groups, axes);
  return { ...basis, dimension, points, scores: Float32Array.from(scores).sort(), neighbours, falseAlarmRate };
}

export function requireRate(falseAlarmRate: number): void {
  if (falseAlarmRate > 0 && falseAlarmRate < 1) return;
  throw new RangeError(`eval: falseAlarmRate, got ${falseAlarmRate}, expected between 0 and 1`);
}

/** Groups over folds, large ones first, each to the fold that has least; a fold never takes more than half of all photos. */
function dealt(groups: readonly string[], folds: number, rng: Rng): number[] {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const largest = Math.max(...sizes.values());
  if (largest > groups.length / 2)
    return dealt(
      groups.map((_, i) => `photo ${i}`),
      folds,
      rng,
    );
  const load = new Array<number>(folds).fill(0);
  const foldOf = new Map<string, number>();
  const order = rng.shuffle([...sizes]).sort((a, b) => b[1] - a[1]);
  for (const [group, size] of order) {
    const least = load.indexOf(Math.min(...load));
    foldOf.set(group, least);
    load[least] = (load[least] as number) + size;
  }
  return groups.map((group) => foldOf.get(group) ?? 0);
}
