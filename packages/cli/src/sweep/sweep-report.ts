import type { Metric, Report, ReportFigure, ReportTable } from '@bioscan/core';
import type { PaperProbe } from '../open-world/paper-probes.js';
import type { SweepCell } from './plan-sweep.js';
import type { SweepOutcome, SweepResult } from './run-sweep.js';

const titles: Readonly<Record<PaperProbe, string>> = {
  'fine-tuned': 'fine-tuned, species of seen',
  linear: 'linear, species of seen',
  knn: '1-NN, genus of unseen',
};

export type SweepText = Pick<Report, 'title'> &
  Partial<Pick<Report, 'banner' | 'limits'>> & { readonly provenance: Omit<Report['provenance'], 'encoders'> };

/** A sweep as a report: its table, a figure for each probe over the shapes, and the published rows beside it. */
export function sweepReport({ plan, outcomes }: SweepResult, text: SweepText): Report {
  const { probes, width } = plan.settings;
  const done = outcomes.flatMap(({ cell, outcome }) => (outcome.status === 'done' ? [{ cell, outcome }] : []));
  const lost = outcomes.filter(({ outcome }) => outcome.status !== 'done');
  return {
    ...text,
    provenance: { ...text.provenance, encoders: [] },
    summary: probes.flatMap((probe) => bestLine(probe, done)),
    tables: [cellsTable(outcomes, probes, width), publishedTable],
    figures: probes.map((probe) => figureOf(probe, done)),
    limits: [
      ...(text.limits ?? []),
      'Cells share one budget and learning rate; a shape that needs another is judged below its worth. The best of many cells is flattered by the choice: confirm it on other data or seeds.',
      `The published rows are micro accuracies on other data with models 768 wide; here the width is ${width}.`,
    ],
    warnings: lost.map(({ cell, outcome }) => `${cell.name} ${outcome.status}: ${reasonOf(outcome)}`),
  };
}

function reasonOf(outcome: SweepOutcome): string {
  return outcome.status === 'done' ? '' : outcome.reason;
}

interface DoneCell {
  readonly cell: SweepCell;
  readonly outcome: Extract<SweepOutcome, { status: 'done' }>;
}

function bestLine(probe: PaperProbe, done: readonly DoneCell[]): string[] {
  const scored = done.flatMap(({ cell, outcome }) => {
    const scores = outcome.scores[probe];
    return scores === undefined ? [] : [{ cell, value: scores.macro.value }];
  });
  const [first] = scored;
  if (first === undefined) return [];
  const best = scored.reduce((a, b) => (b.value > a.value ? b : a), first);
  return [
    `${titles[probe]}: ${best.cell.name} is best of ${scored.length} at ${(100 * best.value).toFixed(1)} % macro.`,
  ];
}

function cellsTable(outcomes: SweepResult['outcomes'], probes: readonly PaperProbe[], width: number): ReportTable {
  const columns = probes.flatMap((probe) => [`${titles[probe]}, micro`, 'macro']);
  return {
    title: `k-L-H, width ${width}`,
    columns: ['k-L-H', 'parameters (millions)', 'masked k-mers right', ...columns],
    rows: outcomes.map(({ cell, outcome }) => {
      const size = (cell.parameters / 1e6).toFixed(1);
      if (outcome.status !== 'done') return [cell.name, size, outcome.status, ...columns.map(() => '–')];
      const metrics = probes.flatMap((probe): (Metric | string)[] => {
        const scores = outcome.scores[probe];
        return scores === undefined ? ['–', '–'] : [scores.micro, scores.macro];
      });
      const heldOut = outcome.heldOut === undefined ? '–' : `${(100 * outcome.heldOut).toFixed(1)} %`;
      return [cell.name, size, heldOut, ...metrics];
    }),
    note: 'Intervals over species, the same draws for every cell. Parameters are the encoder’s, without the head of pretraining; heads do not change them.',
  };
}

function figureOf(probe: PaperProbe, done: readonly DoneCell[]): ReportFigure {
  const heads = [...new Set(done.map(({ cell }) => `${cell.shape[1]} layers, ${cell.shape[2]} heads`))];
  return {
    title: `${titles[probe]}, by k`,
    kind: 'point',
    x: { label: 'k' },
    y: { label: 'macro accuracy' },
    series: heads.map((name) => ({
      name,
      points: done.flatMap(({ cell, outcome }) => {
        const macro = outcome.scores[probe]?.macro;
        if (macro === undefined || `${cell.shape[1]} layers, ${cell.shape[2]} heads` !== name) return [];
        const { value: y, interval } = macro;
        const x = String(cell.shape[0]);
        return [{ x, y, ...(interval === undefined ? {} : { low: interval.low, high: interval.high }) }];
      }),
    })),
  };
}

/** What is known of the published search: the winner of BIOSCAN-5M and the three sizes of the first poster, on the Canadian set. */
const publishedTable: ReportTable = {
  title: 'Published (micro accuracy, %)',
  columns: ['k-L-H', 'data', titles['fine-tuned'], titles.linear, titles.knn],
  rows: [
    ['8-4-4', 'BIOSCAN-5M', '99.28', '94.47', '47.03'],
    ['4-12-12', 'Canadian 1.5M', '97.6', '93.0', '49.0'],
    ['5-12-12', 'Canadian 1.5M', '97.0', '88.6', '58.4'],
    ['6-12-12', 'Canadian 1.5M', '98.1', '84.0', '57.6'],
    ['BLAST', 'BIOSCAN-5M', '99.78', '–', '58.74'],
  ],
  note: 'BIOSCAN-5M Table 4 and the BarcodeBERT workshop poster. The grid of Table 6 itself was not at hand in numbers; it chose 8-4-4 with these probes. BLAST stands for any row: no learned encoder of that table beats it.',
};
