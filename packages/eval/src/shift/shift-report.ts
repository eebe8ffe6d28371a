import type { Metric, Report, ReportFigure, ReportTable } from '@bioscan/core';
import { intervalOf, metricOf, type Estimate } from '../estimate.js';
import { rankName } from '../report-cells.js';
import type { Statistic } from '../replicate.js';
import type { ShiftBasis, ShiftCurve } from './shift-benchmark.js';

export interface ShiftReportOptions {
  readonly title: string;
  readonly provenance: Report['provenance'];
  readonly limits?: readonly string[];
  readonly warnings?: readonly string[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/** One figure a change, one curve of macro accuracy a rank; all settings in a table, micro beside macro; counts and ceilings last. Plain JSON. */
export function shiftReport(curves: readonly ShiftCurve[], options: ShiftReportOptions): Report {
  const { title, provenance, limits = [], warnings = [], banner } = options;
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: summaryOf(curves),
    tables: [...curves.map(curveTable), ...basisTable(curves)],
    figures: curves.map(curveFigure),
    limits: [
      ...limits,
      'Only the photos of queries were changed, and cropped again; keys are clean. Real imaging changes in several ways at once.',
      'Not for choosing a model: what was chosen by these curves must be judged on other changes.',
      'Intervals hold over species drawn like these.',
    ],
    warnings,
    provenance,
  };
}

/** The setting that costs most macro accuracy at the finest rank, if any does. */
function summaryOf(curves: readonly ShiftCurve[]): string[] {
  const rank = curves[0]?.points.at(-1)?.rank;
  const points = curves.flatMap((curve) =>
    curve.points.filter((point) => point.rank === rank).map((point) => ({ ...point, kind: curve.kind })),
  );
  const [worst] = points
    .filter(({ change }) => (intervalOf(change.macro)?.high ?? 0) < 0)
    .sort((a, b) => a.change.macro.value - b.change.macro.value);
  if (rank === undefined) return ['No change was asked for.'];
  if (worst === undefined)
    return [`No change of imaging here costs macro accuracy at ${rankName(rank)} beyond its interval.`];
  const { kind, setting, change } = worst;
  return [
    `Costliest at ${rankName(rank)}: ${kind} at ${setting}, macro ${pointsOf(change.macro)}, micro ${pointsOf(change.micro)} on the same queries.`,
  ];
}

function pointsOf(change: Estimate): string {
  const interval = intervalOf(change);
  const bounds = interval === undefined ? '' : ` [${points100(interval.low)}, ${points100(interval.high)}]`;
  return `${points100(change.value)} points${bounds}`;
}

function points100(value: number): string {
  return (100 * value).toFixed(1);
}

function curveTable({ kind, label, neutral, points }: ShiftCurve): ReportTable {
  return {
    title: `Accuracy under ${kind} (%)`,
    columns: ['rank', label, 'macro', 'micro', 'change, macro', 'change, micro', 'lost'],
    rows: points.map(({ rank, setting, accuracy, change, lost }) => [
      rankName(rank),
      setting === neutral ? `${setting} (as taken)` : String(setting),
      cellOf(accuracy.macro),
      cellOf(accuracy.micro),
      setting === neutral ? '–' : cellOf(change.macro),
      setting === neutral ? '–' : cellOf(change.micro),
      lost,
    ]),
    note: 'Top-1. Change: against the photos as taken, paired on the same queries and draws. Lost: queries for which nothing was found; they count as wrong.',
  };
}

/** What each accuracy rests on; the same for all changes. */
function basisTable([first]: readonly ShiftCurve[]): ReportTable[] {
  if (first === undefined) return [];
  const ceilingOf = ({ queries, ceiling }: ShiftBasis, name: Statistic): Metric | string =>
    queries === 0 ? 'empty' : { name: `ceiling ${name}`, value: ceiling[name], count: queries };
  return [
    {
      title: 'Counts and ceilings',
      columns: ['rank', 'queries', 'unlabelled', 'classes', 'without key', 'ceiling macro', 'ceiling micro'],
      rows: first.bases.map((basis) => [
        rankName(basis.rank),
        basis.queries,
        basis.unlabelled,
        basis.classes,
        basis.classesWithoutKey,
        ceilingOf(basis, 'macro'),
        ceilingOf(basis, 'micro'),
      ]),
      note: 'Queries without a label at the rank are left out; classes without a key count as wrong, and the ceiling is what remains possible.',
    },
  ];
}

function cellOf(estimate: Estimate): Metric | string {
  return estimate.count === 0 ? '–' : metricOf(estimate);
}

function curveFigure({ kind, label, neutral, points }: ShiftCurve): ReportFigure {
  const ranks = [...new Set(points.map(({ rank }) => rank))];
  return {
    title: `Accuracy under ${kind}`,
    kind: 'line',
    x: { label },
    y: { label: 'macro accuracy (%)' },
    series: ranks.map((rank) => ({
      name: rankName(rank),
      points: points
        .filter((point) => point.rank === rank && point.accuracy.macro.count > 0)
        .map(({ setting, accuracy: { macro } }) => {
          const interval = intervalOf(macro);
          const bars = interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high };
          return { x: setting, y: 100 * macro.value, ...bars };
        }),
    })),
    note: `${neutral}: as taken. Bars: 95 % intervals over species. Micro accuracy: in the table.`,
  };
}
