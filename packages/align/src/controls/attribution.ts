import { rng } from '@bioscan/core';
import type { Arm } from './arm.js';
import type { ArmBudget, ArmJob, ArmRun } from './arm-run.js';
import { arms as armsOf } from './arms.js';
import { checkRoles, queriesOf } from './check-roles.js';
import { choosePoints, gridPoints, planTuning, type ChosenPoint, type Grid } from './choose-points.js';
import { powerAfter, powerBefore, type PowerPlan, type PowerStatement } from './power-statement.js';
import { runJobs, type JobHost } from './run-jobs.js';
import type { SubjectSource } from './subject.js';

export interface AttributionOptions {
  readonly arms: readonly Arm[];
  /** The same for every arm. */
  readonly grid: Grid;
  /** Where each arm's point is chosen, on validation queries: worlds that are never reported, or the one real data set itself. */
  readonly tuning: readonly SubjectSource[];
  /** What is reported: worlds, or one real data set. */
  readonly subjects: readonly SubjectSource[];
  readonly seeds: readonly number[];
  readonly budget: ArmBudget;
  readonly comparison?: ComparisonOptions;
}

export interface ComparisonOptions {
  /** Names of arms. Default: image + DNA. */
  readonly treatment?: string;
  /** Default: image-only with as many passes. */
  readonly reference?: string;
  /** Default 0.03 between worlds, and of the mean over species. */
  readonly assumedDeviation?: number;
  /** Default 0.8. */
  readonly power?: number;
}

export interface AttributionHost extends JobHost {
  /** Called once, when the points are chosen and before anything reported is run. */
  readonly onPower?: (power: PowerStatement) => void;
}

/** Everything that was run and decided. */
export interface Attribution {
  readonly arms: readonly Arm[];
  readonly treatment: string;
  readonly reference: string;
  readonly chosen: readonly ChosenPoint[];
  readonly before: PowerStatement;
  readonly after: PowerStatement | undefined;
  readonly tuning: readonly ArmRun[];
  readonly runs: readonly ArmRun[];
  readonly subjects: readonly Pick<SubjectSource, 'name' | 'hash' | 'banner'>[];
  readonly tuningSubjects: readonly Pick<SubjectSource, 'name' | 'hash' | 'banner'>[];
  readonly seeds: readonly number[];
  readonly budget: ArmBudget;
}

/**
 * Is it the DNA, or would any tuning do? Gives every arm the same grid, chooses each arm's point on validation queries alone, states the power,
 * and only then runs what is reported: every arm on every subject from every seed. Resumes; a finished run is never run again. Runs that diverge
 * are results: such a point is not chosen, and an arm that diverges where it is reported is printed so.
 * @throws BioscanError `cancelled`; what is finished stays in the store
 */
export async function attribution(options: AttributionOptions, host: AttributionHost): Promise<Attribution> {
  const { arms, grid, tuning, subjects, seeds, budget, comparison = {} } = options;
  checkOptions(options);
  const { treatment = armsOf.imageDna().name, reference = armsOf.imageOnly({ passes: 1 }).name } = comparison;
  const firstSeed = seeds[0] as number;
  const tuned = await runJobs(planTuning({ arms, grid, subjects: tuning, seeds: [firstSeed], budget }), host);
  const chosen = choosePoints(arms, tuned);
  const { assumedDeviation = 0.03, power = 0.8 } = comparison;
  const plan: PowerPlan = {
    subjects: subjects.length,
    seeds: seeds.length,
    treatment,
    reference,
    assumedDeviation,
    power,
  };
  const before = powerBefore(plan, chosen, tuned, rng(firstSeed));
  host.onPower?.(before);
  const runs = await runJobs(planReported(arms, chosen, subjects, seeds, budget), host);
  return {
    arms,
    treatment,
    reference,
    chosen,
    before,
    after: powerAfter(plan, runs, rng(firstSeed)),
    tuning: tuned,
    runs,
    subjects: subjects.map(nameAndHash),
    tuningSubjects: tuning.map(nameAndHash),
    seeds,
    budget,
  };
}

/**
 * Reported runs, subject by subject; an arm that trains nothing runs once a subject, one that diverged at every point not at all.
 * @throws RangeError for a subject whose queries chose a point, see {@link checkRoles}
 */
export function planReported(
  arms: readonly Arm[],
  chosen: readonly ChosenPoint[],
  subjects: readonly SubjectSource[],
  seeds: readonly number[],
  budget: ArmBudget,
): ArmJob[] {
  checkRoles(
    chosen.flatMap(({ on }) => on),
    subjects,
  );
  return subjects.flatMap(({ name, hash }) =>
    seeds.flatMap((seed, position) =>
      arms.flatMap((arm): ArmJob[] => {
        if (arm.modalities.length === 0 && position > 0) return [];
        const choice = chosen.find((one) => one.arm === arm.name);
        if (choice === undefined) throw new RangeError(`align: no point was chosen for '${arm.name}'`);
        const { point } = choice;
        if (point === undefined) return [];
        return [{ arm, subject: name, subjectHash: hash, stage: 'test', seed, point, budget }];
      }),
    ),
  );
}

export function nameAndHash({ name, hash, banner }: SubjectSource): Pick<SubjectSource, 'name' | 'hash' | 'banner'> {
  return { name, hash, ...(banner === undefined ? {} : { banner }) };
}

function checkOptions({ arms, grid, tuning, subjects, seeds }: AttributionOptions): void {
  const names = arms.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new RangeError(`align: arms, got a name twice: ${names.join(', ')}`);
  for (const [what, items] of Object.entries({ arms, tuning, subjects, seeds })) {
    if (items.length === 0) throw new RangeError(`align: attribution, got no ${what}, expected at least one`);
  }
  checkRoles(tuning.map(queriesOf), subjects);
  gridPoints(grid);
}
