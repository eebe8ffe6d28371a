import { BioscanError, type LabelRank, type Neighbours } from '@bioscan/core';
import { estimate, pairedDifference, type Estimate } from '../estimate.js';
import type { LabelTable } from '../label-table.js';
import { scorePredictions, type Outcomes } from '../outcomes.js';
import type { Statistic } from '../replicate.js';
import type { Resampler } from '../resampler.js';
import { keyPredictions } from '../retrieval/key-predictions.js';
import { scores, type Scores } from '../scores.js';
import { sweep } from '../sweep.js';

/** Graded settings of one change, as `vision`'s `photoShifts` lists them; the neutral one is among them. */
export interface ShiftGrades {
  readonly kind: string;
  /** What a setting means, for the axis of the curve. */
  readonly label: string;
  readonly neutral: number;
  readonly settings: readonly number[];
}

/** Accuracy under one setting at one rank, and what is lost against the unchanged queries, on the same queries and draws. */
export interface ShiftPoint {
  readonly rank: LabelRank;
  readonly setting: number;
  readonly accuracy: Readonly<Record<Statistic, Estimate>>;
  readonly change: Readonly<Record<Statistic, Estimate>>;
  /** Queries for which nothing was found, as where a changed photo shows no specimen: they count as wrong. */
  readonly lost: number;
}

/** What the accuracy at one rank rests on, and the best that it could be; the same at every setting, since keys and queries are. */
export interface ShiftBasis extends Pick<
  Scores,
  'queries' | 'unlabelled' | 'classes' | 'classesWithoutKey' | 'ceiling'
> {
  readonly rank: LabelRank;
}

export interface ShiftCurve extends Pick<ShiftGrades, 'kind' | 'label' | 'neutral'> {
  /** One a rank. */
  readonly bases: readonly ShiftBasis[];
  readonly points: readonly ShiftPoint[];
}

export interface ShiftTask {
  readonly shifts: readonly ShiftGrades[];
  readonly labels: LabelTable;
  /**
   * Finds the keys of the queries as changed; `undefined` for the unchanged ones. Change queries only and whole photos: the crop is made again on
   * the changed one, and the keys stay clean. Queries that are lost on the way may be left out.
   */
  readonly neighboursOf: (kind: string | undefined, setting: number) => Neighbours | Promise<Neighbours>;
}

export interface ShiftBenchmarkOptions {
  readonly resampler: Resampler;
  /** Default: order, family, genus, species. */
  readonly ranks?: readonly LabelRank[];
}

/**
 * Macro and micro top-1 accuracy against graded changes of imaging, as curves. One call of `neighboursOf` a setting, and one for all neutral ones. Nothing of it may
 * choose a model.
 * @throws BioscanError `mismatch` when a setting brings other keys or new queries; RangeError for grades without their neutral setting
 */
export async function shiftBenchmark(task: ShiftTask, options: ShiftBenchmarkOptions): Promise<ShiftCurve[]> {
  const { shifts, labels, neighboursOf } = task;
  const { resampler, ranks = ['order', 'family', 'genus', 'species'] } = options;
  const clean = await neighboursOf(undefined, 0);
  const outcomesOf = (found: Neighbours, rank: LabelRank): Outcomes =>
    scorePredictions(keyPredictions(whole(found, clean), labels, rank, 1), labels);
  const taken = new Map(ranks.map((rank) => [rank, outcomesOf(clean, rank)]));
  const before = new Map(Array.from(taken, ([rank, outcomes]) => [rank, accuracyOf(outcomes, resampler)]));
  const bases = Array.from(taken, ([rank, outcomes]) => basisOf(rank, outcomes));
  const curves: ShiftCurve[] = [];
  for (const { kind, label, neutral, settings } of shifts) {
    if (!settings.includes(neutral)) throw new RangeError(`eval: shift of ${kind}, got no neutral setting ${neutral}`);
    const cases = settings.map((setting) => ({ name: kind, setting, input: setting }));
    const rows = await sweep(cases, async (setting) => {
      const found = setting === neutral ? clean : await neighboursOf(kind, setting);
      requireSameKeys(found, clean, kind);
      return { found, lost: clean.queryIds.length - found.queryIds.length + withoutKey(found) };
    });
    const points = ranks.flatMap((rank) =>
      rows.map(({ setting, result: { found, lost } }): ShiftPoint => {
        const accuracy = accuracyOf(outcomesOf(found, rank), resampler);
        const change = changeOf(accuracy, before.get(rank) as Accuracy);
        return { rank, setting: Number(setting), accuracy, change, lost };
      }),
    );
    curves.push({ kind, label, neutral, bases, points });
  }
  return curves;
}

type Accuracy = ShiftPoint['accuracy'];

function accuracyOf(outcomes: Outcomes, resampler: Resampler): Accuracy {
  return {
    macro: estimate(outcomes, resampler, { statistic: 'macro' }),
    micro: estimate(outcomes, resampler, { statistic: 'micro' }),
  };
}

function changeOf(after: Accuracy, before: Accuracy): Accuracy {
  return {
    macro: pairedDifference(after.macro, before.macro),
    micro: pairedDifference(after.micro, before.micro),
  };
}

function basisOf(rank: LabelRank, outcomes: Outcomes): ShiftBasis {
  const { queries, unlabelled, classes, classesWithoutKey, ceiling } = scores(outcomes);
  return { rank, queries, unlabelled, classes, classesWithoutKey, ceiling };
}

/** The neighbours of every clean query, in their order; a lost one has none, which counts as wrong. */
function whole(found: Neighbours, clean: Neighbours): Neighbours {
  const rowOf = new Map(found.queryIds.map((id, row) => [id, row]));
  const { k } = found;
  const index = new Int32Array(clean.queryIds.length * k).fill(-1);
  const score = new Float32Array(index.length).fill(Number.NaN);
  clean.queryIds.forEach((id, row) => {
    const from = rowOf.get(id);
    if (from === undefined) return;
    index.set(found.index.subarray(from * k, (from + 1) * k), row * k);
    score.set(found.score.subarray(from * k, (from + 1) * k), row * k);
  });
  return { ...found, queryIds: clean.queryIds, index, score };
}

function withoutKey({ queryIds, index, k }: Neighbours): number {
  return queryIds.filter((_, row) => (index[row * k] as number) < 0).length;
}

function requireSameKeys(found: Neighbours, clean: Neighbours, kind: string): void {
  const known = new Set(clean.queryIds);
  const stranger = found.queryIds.find((id) => !known.has(id));
  const sameKeys = found.keyIds.length === clean.keyIds.length && found.keyIds.every((id, i) => id === clean.keyIds[i]);
  if (stranger === undefined && sameKeys) return;
  const got = stranger === undefined ? 'other keys' : `query '${stranger}'`;
  throw new BioscanError(
    'mismatch',
    `eval: shift of ${kind}, got ${got}, expected the queries and keys of the unchanged photos; change the photos of queries only`,
  );
}
