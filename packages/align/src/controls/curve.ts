import { rng, type ReportFigure, type ReportTable } from '@bioscan/core';
import type { Arm } from './arm.js';
import type { ArmBudget, ArmRun } from './arm-run.js';
import { planReported } from './attribution.js';
import type { ChosenPoint } from './choose-points.js';
import { comparer, type Comparison } from './compare.js';
import { metric } from './comparison-metric.js';
import { divergenceText } from './divergence.js';
import { runJobs, type JobHost } from './run-jobs.js';
import type { SubjectSource } from './subject.js';

/** One dose of something, and what is compared there. */
export interface CurvePoint {
  readonly dose: number;
  readonly subjects: readonly SubjectSource[];
  readonly arms: readonly Arm[];
  readonly seeds: readonly number[];
  readonly budget: ArmBudget;
  /** Name of the arm that is compared with `against`. */
  readonly treatment: string;
}

export interface CurveOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly points: readonly CurvePoint[];
  /** Controls that the treatment is compared with at each dose. */
  readonly against: readonly string[];
  readonly chosen: readonly ChosenPoint[];
  /** The arm whose point an arm gets that was not tuned itself. Default: image + DNA. */
  readonly tunedAs?: string;
}

export interface CurveRow {
  readonly dose: number;
  readonly worlds: number;
  /** Photo to photo, harmonic mean, of each arm of the point. */
  readonly levels: Readonly<Record<string, Comparison | undefined>>;
  /** Treatment less each control. */
  readonly gains: Readonly<Record<string, Comparison | undefined>>;
  /** What is printed of arms that diverged, by name as in `levels`. */
  readonly diverged: Readonly<Record<string, string>>;
}

export interface Curve {
  readonly rows: readonly CurveRow[];
  readonly figure: ReportFigure;
  readonly table: ReportTable;
  readonly runs: readonly ArmRun[];
}

/** Dose and response: runs every point and compares the treatment with its controls there. Points that share runs with others reuse them. */
export async function curve(options: CurveOptions, host: JobHost): Promise<Curve> {
  const { title, xLabel, points, against, chosen, tunedAs = 'image + DNA' } = options;
  const rows: CurveRow[] = [];
  const all: ArmRun[] = [];
  for (const { dose, subjects, arms, seeds, budget, treatment } of points) {
    const points = completed(chosen, arms, tunedAs);
    const runs = await runJobs(planReported(arms, points, subjects, seeds, budget), host);
    all.push(...runs);
    const compare = comparer(runs, rng(seeds[0] as number));
    const shownAs = (name: string): string => (name === treatment ? 'treatment' : name);
    rows.push({
      dose,
      worlds: subjects.length,
      levels: Object.fromEntries(arms.map(({ name }) => [shownAs(name), compare.of(name)])),
      gains: Object.fromEntries(against.map((control) => [control, compare.difference(treatment, control)])),
      diverged: Object.fromEntries(
        arms.flatMap(({ name }) => {
          const text = divergenceText({ chosen: points }, compare, name);
          return text === undefined ? [] : [[shownAs(name), text]];
        }),
      ),
    });
  }
  return {
    rows,
    figure: figureOf(title, xLabel, rows, against),
    table: tableOf(title, xLabel, rows, against),
    runs: all,
  };
}

/** Points for arms that were not tuned: those of the arm they are a variant of. */
export function completed(chosen: readonly ChosenPoint[], arms: readonly Arm[], tunedAs: string): ChosenPoint[] {
  const model = chosen.find(({ arm }) => arm === tunedAs);
  return arms.map(({ name }) => {
    const own = chosen.find(({ arm }) => arm === name) ?? model;
    if (own === undefined) throw new RangeError(`align: no point for '${name}', expected one of '${tunedAs}'`);
    return { ...own, arm: name };
  });
}

function figureOf(title: string, xLabel: string, rows: readonly CurveRow[], against: readonly string[]): ReportFigure {
  return {
    title,
    kind: 'line',
    x: { label: xLabel },
    y: { label: 'gain, points of the harmonic mean' },
    series: against.map((control) => ({
      name: `less ${control}`,
      points: rows.flatMap(({ dose, gains }) => {
        const gain = gains[control];
        if (gain === undefined) return [];
        const { value, interval } = gain;
        return [
          {
            x: dose,
            y: 100 * value,
            ...(interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high }),
          },
        ];
      }),
    })),
  };
}

function tableOf(title: string, xLabel: string, rows: readonly CurveRow[], against: readonly string[]): ReportTable {
  const levels = [...new Set(rows.flatMap((row) => Object.keys(row.levels)))];
  return {
    title,
    columns: [xLabel, 'worlds', ...levels, ...against.map((control) => `treatment less ${control}`)],
    rows: rows.map((row) => {
      const subjects = Array.from({ length: row.worlds }, (_, i) => ({ name: i.toString(), hash: '' }));
      return [
        row.dose,
        row.worlds,
        ...levels.map((name) => row.diverged[name] ?? metric(name, row.levels[name], { subjects })),
        ...against.map((control) => metric(control, row.gains[control], { subjects })),
      ];
    }),
    note: 'Harmonic mean of macro accuracies of seen and unseen species, percent; 95 % Student t intervals over worlds.',
  };
}
