import type { Metric, Report, ReportFigure, ReportTable } from '@bioscan/core';
import type { PaperProbe } from '../open-world/paper-probes.js';
import type { SweepCell } from './plan-sweep.js';
import type { ProbeScores, SweepOutcome, SweepResult } from './run-sweep.js';

const titles: Readonly<Record<PaperProbe, string>> = {
  'fine-tuned': 'fine-tuned, species of seen',
  linear: 'linear, species of seen',
  knn: '1-NN, genus of unseen',
};

export type SweepText = Pick<Report, 'title'> &
  Partial<Pick<Report, 'banner' | 'limits'>> & {
    readonly provenance: Omit<Report['provenance'], 'encoders' | 'seeds'>;
  };

/**
 * A sweep as a report: all cells on validation, a figure for each probe over the shapes, test figures of the shape that each probe chose there, and the
 * published rows. The seeds of its provenance are those that ran.
 */
export function sweepReport({ plan, outcomes }: SweepResult, text: SweepText): Report {
  const { probes, width } = plan.settings;
  const seeds = [...new Set(plan.cells.map(({ seed }) => seed))];
  const done = outcomes.flatMap(({ cell, outcome }) => (outcome.status === 'done' ? [{ cell, outcome }] : []));
  const choices = probes.flatMap((probe) => choiceOf(probe, done) ?? []);
  return {
    ...text,
    provenance: { ...text.provenance, seeds, encoders: [] },
    summary: choices.map(choiceLine),
    tables: [
      cellsTable(outcomes, probes, width),
      ...(choices.length === 0 ? [] : [testTable(choices)]),
      publishedTable,
    ],
    figures: probes.map((probe) => figureOf(probe, done)),
    limits: [
      ...(text.limits ?? []),
      'Cells share one budget and learning rate; a shape that needs another is judged below its worth. The best of many on validation is flattered by the choice; its test figure is not. Fine-tuning took its best epoch on validation, too.',
      `The published rows are micro accuracies on other data with models 768 wide; here the width is ${width}.`,
    ],
    warnings: [...outcomes.flatMap(lostLine), ...probes.flatMap((probe) => unchosenLine(probe, done, choices))],
  };
}

function lostLine({ cell, outcome }: SweepResult['outcomes'][number]): string[] {
  return outcome.status === 'done' ? [] : [`${cell.name} ${outcome.status}: ${outcome.reason}`];
}

interface DoneCell {
  readonly cell: SweepCell;
  readonly outcome: Extract<SweepOutcome, { status: 'done' }>;
}

/** The shape that a probe chose, its cells of all seeds. */
interface Choice {
  readonly probe: PaperProbe;
  readonly shape: string;
  readonly cells: readonly { readonly name: string; readonly scores: ProbeScores }[];
  /** Shapes that it was chosen from. */
  readonly among: number;
}

/** The shape that is best on validation, seeds averaged; test figures are not looked at. Undefined where several shapes have no validation figure. */
function choiceOf(probe: PaperProbe, done: readonly DoneCell[]): Choice | undefined {
  const shapes = new Map<string, { name: string; scores: ProbeScores }[]>();
  for (const { cell, outcome } of done) {
    const scores = outcome.scores[probe];
    const shape = cell.shape.join('-');
    if (scores !== undefined) shapes.set(shape, [...(shapes.get(shape) ?? []), { name: cell.name, scores }]);
  }
  const choices = [...shapes].map(([shape, cells]) => ({ probe, shape, cells, among: shapes.size }));
  if (choices.length < 2) return choices[0];
  const judged = choices.filter(({ cells }) => cells.every(({ scores }) => scores.validation !== undefined));
  return judged.length === 0 ? undefined : judged.reduce((a, b) => (valueOf(b) > valueOf(a) ? b : a));
}

function valueOf({ cells }: Choice): number {
  return mean(cells.map(({ scores }) => scores.validation?.macro.value ?? Number.NaN));
}

function choiceLine(choice: Choice): string {
  const { probe, shape, cells, among } = choice;
  const test = percent(mean(cells.map(({ scores }) => scores.test.macro.value)));
  const how =
    among === 1 ? 'is the only shape scored' : `is best of ${among} on validation at ${percent(valueOf(choice))} macro`;
  return `${titles[probe]}: ${shape} ${how}; ${test} on test.`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function unchosenLine(probe: PaperProbe, done: readonly DoneCell[], choices: readonly Choice[]): string[] {
  if (done.length === 0 || choices.some((choice) => choice.probe === probe)) return [];
  return [
    `${titles[probe]}: no shape was chosen and no test figure is shown, since val_unseen and test_unseen share species; split with --preset open-world.`,
  ];
}

function testTable(choices: readonly Choice[]): ReportTable {
  return {
    title: 'Test, the shapes chosen on validation',
    columns: ['probe', 'k-L-H', 'micro', 'macro'],
    rows: choices.flatMap(({ probe, cells }) =>
      cells.map(({ name, scores: { test } }) => [titles[probe], name, test.micro, test.macro]),
    ),
    note: 'Each probe chooses its shape by its macro accuracy on validation, seeds averaged. Test figures of other shapes stay in the files of their cells.',
  };
}

function cellsTable(outcomes: SweepResult['outcomes'], probes: readonly PaperProbe[], width: number): ReportTable {
  const columns = probes.flatMap((probe) => [`${titles[probe]}, micro`, 'macro']);
  return {
    title: `Validation: k-L-H, width ${width}`,
    columns: ['k-L-H', 'parameters (millions)', 'masked k-mers right', ...columns],
    rows: outcomes.map(({ cell, outcome }) => {
      const size = (cell.parameters / 1e6).toFixed(1);
      if (outcome.status !== 'done') return [cell.name, size, outcome.status, ...columns.map(() => '–')];
      const metrics = probes.flatMap((probe): (Metric | string)[] => {
        const validation = outcome.scores[probe]?.validation;
        return validation === undefined ? ['–', '–'] : [validation.micro, validation.macro];
      });
      const heldOut = outcome.heldOut === undefined ? '–' : percent(outcome.heldOut);
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
    y: { label: 'macro accuracy on validation' },
    series: heads.map((name) => ({
      name,
      points: done.flatMap(({ cell, outcome }) => {
        const macro = outcome.scores[probe]?.validation?.macro;
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
