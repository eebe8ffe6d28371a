import type { Metric, Report, ReportFigure, ReportTable } from '@bioscan/core';
import { intervalOf, metricOf, type Estimate } from '../estimate.js';
import type { PlaceArm } from './place-arms.js';
import { exactTie, type PlaceArmResult, type PlaceStudy } from './place-study.js';

export interface PlaceReportOptions {
  readonly title: string;
  /** What ranked the species before place was asked, as in `120-bp mini-barcode`. */
  readonly signal: string;
  readonly provenance: Report['provenance'];
  /** What this report cannot show, beside what always holds. */
  readonly limits?: readonly string[];
  readonly warnings?: readonly string[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/** Does place help? One sentence that the intervals allow, the arms in a table, and gains by arm and by distance as figures. Plain JSON. */
export function placeReport(study: PlaceStudy, options: PlaceReportOptions): Report {
  const { title, signal, provenance, limits = [], warnings = [], banner } = options;
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: [placeVerdict(study), whatWasDone(study, signal)],
    tables: [armTable(study, signal), tieTable(study)],
    figures: [gainFigure(study), distanceFigure(study)],
    limits: [...limits, ...standingLimits(study)],
    warnings: [...warnings, ...study.warnings],
    provenance,
  };
}

/** What the intervals allow to say, no more: place must beat the signal and every control that has no range to know. */
export function placeVerdict(study: PlaceStudy): string {
  const { arms, ties } = study;
  const range = arms.find(({ arm }) => arm === 'range');
  if (range === undefined || ties === 0)
    return 'No query ties between congeners: whether place helps cannot be asked here.';
  const gain = range.gain.macro;
  const onTies = range.gainOnTies;
  const among =
    onTies === undefined ? '' : `; ${signed(onTies)} ${bounds(onTies)} among the ${ties.toLocaleString('en')} ties`;
  const says = `${signed(gain)} points of macro species accuracy ${bounds(gain)} (micro ${signed(range.gain.micro)} ${bounds(range.gain.micro)}${among})`;
  if (!isAbove(gain)) {
    const harm = isBelow(gain)
      ? 'Place did harm at held-out sites'
      : 'Place did not demonstrably help at held-out sites';
    return `${harm}: breaking ties by range moved ${says}.`;
  }
  const rivals = arms.filter(({ arm }) => arm === 'frequency' || arm === 'permuted' || arm === 'coordinate-1nn');
  const unbeaten = rivals.filter(({ behindRange }) => !isAbove(behindRange.macro)).map(({ arm }) => armNames[arm]);
  const verdict = `Breaking ties by range gained ${says} at held-out sites`;
  return unbeaten.length === 0
    ? `${verdict}, more than ${rivals.map(({ arm }) => armNames[arm]).join(', ')} did: place itself helped.`
    : `${verdict}, but not demonstrably more than ${unbeaten.join(' and ')} did.`;
}

const armNames: Readonly<Record<PlaceArm, string>> = {
  range: 'range prior',
  frequency: 'frequency only',
  permuted: 'coordinates permuted within genus',
  'coordinate-1nn': 'coordinate 1-NN',
  'known-sites': 'range prior, sites known (leaks)',
};

function whatWasDone(
  { folds, blocks, kilometres, queries, validationQueries, ties, congeners, winnable }: PlaceStudy,
  signal: string,
): string {
  return (
    `${queries.toLocaleString('en')} queries named by ${signal}; for ${congeners.toLocaleString('en')} the two nearest species are congeners, ` +
    `${ties.toLocaleString('en')} of them tie within the margin of the range prior, and in ${winnable.toLocaleString('en')} of these the right name is one of the two. ` +
    `${blocks.toLocaleString('en')} blocks of ${kilometres} km in ${folds} folds: a query is judged by keys and records of other folds only. ` +
    `${validationQueries.toLocaleString('en')} further queries, of blocks of their own, chose margin and reach.`
  );
}

function armTable(study: PlaceStudy, signal: string): ReportTable {
  const rows = study.arms.map((one): (string | number | Metric)[] => [
    armNames[one.arm],
    metricOf(one.accuracy.macro),
    metricOf(one.gain.macro),
    one.arm === 'range' ? '–' : metricOf(one.behindRange.macro),
    metricOf(one.accuracy.micro),
    metricOf(one.gain.micro),
    `${Math.round(one.fixed)} / ${Math.round(one.broken)}`,
  ]);
  const { macro, micro } = study.signal;
  return {
    title: 'Species accuracy at held-out sites (%)',
    columns: ['ties broken by', 'macro', 'gain', 'range prior gains on it', 'micro', 'gain, micro', 'fixed / broken'],
    rows: [[`nothing (${signal})`, metricOf(macro), '–', '–', metricOf(micro), '–', '–'], ...rows],
    note:
      `Differences are paired on the same draws of species. Permuted: mean over ${study.permutations} permutations. Sites known lets other records of the ` +
      "query's own block speak: what it gains beyond the range prior is memory of collection sites.",
  };
}

function tieTable(study: PlaceStudy): ReportTable {
  return {
    title: 'Among ties, and what was chosen',
    columns: ['ties broken by', 'gain among ties, micro', 'margin', 'reach, km'],
    rows: study.arms.map(({ arm, gainOnTies, margin, reach }) => [
      armNames[arm],
      gainOnTies === undefined ? '–' : metricOf(gainOnTies),
      margin <= exactTie ? 'equal scores' : margin.toPrecision(3),
      arm === 'frequency' || arm === 'coordinate-1nn' ? '–' : reach,
    ]),
    note: `Ties of the range prior's margin (${study.ties} queries). Every arm chose its own margin and reach from one grid on the validation fold.`,
  };
}

function gainFigure({ arms }: PlaceStudy): ReportFigure {
  return {
    title: 'What breaking ties gains over the signal alone',
    kind: 'point',
    x: { label: '' },
    y: { label: 'gain in macro species accuracy (points)' },
    series: [
      {
        name: 'gain',
        points: arms.map((one: PlaceArmResult) => ({ x: armNames[one.arm], ...inPoints(one.gain.macro) })),
      },
    ],
    note: '95 % intervals over species.',
  };
}

function distanceFigure({ gainByDistance }: PlaceStudy): ReportFigure {
  return {
    title: 'Gain among ties by distance to the nearest other record of the species',
    kind: 'point',
    x: { label: '' },
    y: { label: 'gain in accuracy among ties (points)' },
    series: [
      {
        name: 'range prior',
        points: gainByDistance.map(({ band, ties, gain }) => ({ x: `${band} (${ties} ties)`, ...inPoints(gain) })),
      },
    ],
    note: 'Records outside the fold of the query. A prior that only remembers the neighbourhood gains nothing in the far bands.',
  };
}

function standingLimits({ kilometres }: PlaceStudy): string[] {
  return [
    'Records are where collectors went: a range here is a range of collecting.',
    `Blocks of ${kilometres} km hold sites out; a neighbouring block may be in use. The gain by distance shows what that is worth.`,
    'Intervals hold over species drawn like these, not over other regions, collectors or signals.',
  ];
}

function inPoints(estimate: Estimate): { y: number; low?: number; high?: number } {
  const interval = intervalOf(estimate);
  return {
    y: 100 * estimate.value,
    ...(interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high }),
  };
}

function isAbove(estimate: Estimate): boolean {
  return (intervalOf(estimate)?.low ?? 0) > 0;
}

function isBelow(estimate: Estimate): boolean {
  return (intervalOf(estimate)?.high ?? 0) < 0;
}

function signed({ value }: Estimate): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
}

function bounds(estimate: Estimate): string {
  const interval = intervalOf(estimate);
  if (interval === undefined) return '(no interval: one species)';
  return `[${(100 * interval.low).toFixed(2)}, ${(100 * interval.high).toFixed(2)}]`;
}
