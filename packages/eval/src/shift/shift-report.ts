import type { LabelRank, Metric, Report, ReportFigure, ReportTable } from '@bioscan/core';
import { intervalOf, metricOf, type Estimate } from '../estimate.js';
import { rankName } from '../report-cells.js';
import type { ShiftCurve, ShiftPoint } from './shift-benchmark.js';

export interface ShiftReportOptions {
  readonly title: string;
  readonly provenance: Report['provenance'];
  readonly limits?: readonly string[];
  readonly warnings?: readonly string[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/** One figure a change, one curve a rank, and all settings in a table. Plain JSON. */
export function shiftReport(curves: readonly ShiftCurve[], options: ShiftReportOptions): Report {
  const { title, provenance, limits = [], warnings = [], banner } = options;
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: summaryOf(curves),
    tables: curves.map(curveTable),
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

/** The setting that costs most at the finest rank, if any does. */
function summaryOf(curves: readonly ShiftCurve[]): string[] {
  const rank = curves[0]?.points.at(-1)?.rank;
  const points = curves.flatMap((curve) =>
    curve.points.filter((point) => point.rank === rank).map((point) => ({ ...point, kind: curve.kind })),
  );
  const [worst] = points
    .filter(({ change }) => (intervalOf(change)?.high ?? 0) < 0)
    .sort((a, b) => a.change.value - b.change.value);
  if (rank === undefined) return ['No change was asked for.'];
  if (worst === undefined)
    return [`No change of imaging here costs accuracy at ${rankName(rank)} beyond its interval.`];
  const interval = intervalOf(worst.change);
  const bounds = interval === undefined ? '' : ` [${points100(interval.low)}, ${points100(interval.high)}]`;
  return [
    `Costliest at ${rankName(rank)}: ${worst.kind} at ${worst.setting}, ${points100(worst.change.value)} points${bounds} on the same queries.`,
  ];
}

function points100(value: number): string {
  return (100 * value).toFixed(1);
}

function curveTable({ kind, label, neutral, points }: ShiftCurve): ReportTable {
  const ranks = [...new Set(points.map(({ rank }) => rank))];
  const settings = [...new Set(points.map(({ setting }) => setting))];
  const at = (rank: LabelRank, setting: number): ShiftPoint | undefined =>
    points.find((point) => point.rank === rank && point.setting === setting);
  const finest = ranks.at(-1);
  return {
    title: `Accuracy under ${kind} (%)`,
    columns: [label, ...ranks.map(rankName), `change at ${finest === undefined ? '' : rankName(finest)}`, 'lost'],
    rows: settings.map((setting) => {
      const last = finest === undefined ? undefined : at(finest, setting);
      return [
        setting === neutral ? `${setting} (as taken)` : String(setting),
        ...ranks.map((rank) => cellOf(at(rank, setting)?.accuracy)),
        setting === neutral ? '–' : cellOf(last?.change),
        last?.lost ?? 0,
      ];
    }),
    note: 'Change: against the photos as taken, paired on the same queries and draws. Lost: queries for which nothing was found; they count as wrong.',
  };
}

function cellOf(estimate: Estimate | undefined): Metric | string {
  return estimate === undefined || estimate.count === 0 ? '–' : metricOf(estimate);
}

function curveFigure({ kind, label, neutral, points }: ShiftCurve): ReportFigure {
  const ranks = [...new Set(points.map(({ rank }) => rank))];
  return {
    title: `Accuracy under ${kind}`,
    kind: 'line',
    x: { label },
    y: { label: 'accuracy (%)' },
    series: ranks.map((rank) => ({
      name: rankName(rank),
      points: points
        .filter((point) => point.rank === rank && point.accuracy.count > 0)
        .map(({ setting, accuracy }) => {
          const interval = intervalOf(accuracy);
          const bars = interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high };
          return { x: setting, y: 100 * accuracy.value, ...bars };
        }),
    })),
    note: `${neutral}: as taken. Bars: 95 % intervals over species.`,
  };
}
