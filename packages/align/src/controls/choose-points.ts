import type { Arm } from './arm.js';
import type { ArmBudget, ArmJob, ArmRun, GridPoint } from './arm-run.js';
import { measures, retrievalOf } from './measures.js';
import type { SubjectSource } from './subject.js';

/** The same for every arm: all learning rates with all temperatures. */
export interface Grid {
  readonly learningRates: readonly number[];
  readonly temperatures: readonly number[];
}

/** The grid's points; an arm that trains nothing has the first alone. */
export function gridPoints({ learningRates, temperatures }: Grid, arm?: Arm): GridPoint[] {
  const points = learningRates.flatMap((learningRate) =>
    temperatures.map((temperature) => ({ learningRate, temperature })),
  );
  if (points.length === 0)
    throw new RangeError('align: grid, got no point, expected a learning rate and a temperature');
  return arm?.modalities.length === 0 ? points.slice(0, 1) : points;
}

export interface TuningPlan {
  readonly arms: readonly Arm[];
  readonly grid: Grid;
  readonly subjects: readonly SubjectSource[];
  readonly seeds: readonly number[];
  readonly budget: ArmBudget;
}

/** Every arm at every point, on validation queries. Subject by subject, so that one is open at a time. */
export function planTuning({ arms, grid, subjects, seeds, budget }: TuningPlan): ArmJob[] {
  return subjects.flatMap(({ name, hash }) =>
    arms.flatMap((arm) =>
      gridPoints(grid, arm).flatMap((point) =>
        seeds.map((seed) => ({
          arm,
          subject: name,
          subjectHash: hash,
          stage: 'validation' as const,
          seed,
          point,
          budget,
        })),
      ),
    ),
  );
}

/** An arm's point and what it reached on validation. */
export interface ChosenPoint {
  readonly arm: string;
  /** Undefined where training diverged at every point: the arm is not run again. */
  readonly point: GridPoint | undefined;
  /** Mean harmonic mean over tuning subjects and seeds. */
  readonly validation: number | undefined;
  /** Every point tried, in the grid's order. */
  readonly tried: readonly TriedPoint[];
  /** Hashes of the subjects whose validation queries chose: these are not reported, see {@link checkRoles}. */
  readonly on: readonly string[];
}

export interface TriedPoint {
  readonly point: GridPoint;
  /** Undefined: a run at this point diverged. */
  readonly validation: number | undefined;
}

/**
 * The best point of each arm by the mean over tuning subjects and seeds; equal means go to the point that stands first. A point where any run
 * diverged is never chosen.
 */
export function choosePoints(arms: readonly Arm[], runs: readonly ArmRun[]): ChosenPoint[] {
  return arms.map(({ name }) => {
    const own = runs.filter(({ job }) => job.arm.name === name);
    if (own.length === 0) throw new RangeError(`align: no tuning run of '${name}'`);
    const byPoint = new Map<string, { point: GridPoint; values: (number | undefined)[] }>();
    for (const run of own) {
      const key = JSON.stringify([run.job.point.learningRate, run.job.point.temperature]);
      const entry = byPoint.get(key) ?? { point: run.job.point, values: [] };
      const retrieval = retrievalOf(run);
      entry.values.push(retrieval === undefined ? undefined : measures(retrieval).harmonic);
      byPoint.set(key, entry);
    }
    const tried = [...byPoint.values()].map(({ point, values }) => ({ point, validation: average(values) }));
    const best = tried.reduce<TriedPoint | undefined>(
      (found, one) => ((one.validation ?? -1) > (found?.validation ?? -1) ? one : found),
      undefined,
    );
    const on = [...new Set(own.map(({ job }) => job.subjectHash))];
    return { arm: name, point: best?.point, validation: best?.validation, tried, on };
  });
}

/** Undefined where a value is missing: what diverged has no mean. */
function average(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
