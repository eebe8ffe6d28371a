import { rng, type Report, type ReportFigure, type ReportTable } from '@bioscan/core';
import type { Arm } from './arm.js';
import type { ArmCost } from './arm-run.js';
import { arms as armsOf } from './arms.js';
import type { Attribution } from './attribution.js';
import type { TriedPoint } from './choose-points.js';
import { comparer, type Comparer } from './compare.js';
import { metric } from './comparison-metric.js';
import type { MeasureName } from './measures.js';
import { divergenceText, divergenceWarnings } from './divergence.js';
import { marginLines } from './margins.js';
import { powerText } from './power-statement.js';
import { retrievalTable } from './retrieval-table.js';
import { verdict } from './verdict.js';

/** What the caller adds: how the subjects were made and what they cannot show. */
export interface AttributionText {
  readonly title: string;
  readonly limits: readonly string[];
  readonly warnings?: readonly string[];
  /** Further tables and figures: curves, null worlds. */
  readonly tables?: readonly ReportTable[];
  readonly figures?: readonly ReportFigure[];
  readonly command?: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The one table, its power and the sentence that it supports. */
export function attributionReport(result: Attribution, text: AttributionText): Report {
  const compare = comparer(result.runs, rng(result.seeds[0] as number));
  const against = controlsOf(result);
  const banner = result.subjects.find((one) => one.banner !== undefined)?.banner;
  const found = against.flatMap((control) => {
    const comparison = compare.difference(result.treatment, control);
    return comparison === undefined ? [] : [{ against: control, comparison }];
  });
  const lost = [result.treatment, ...against].filter((arm) => divergenceText(result, compare, arm) !== undefined);
  const sentence = verdict({
    treatment: result.treatment,
    against: found,
    power: result.after ?? result.before,
    simulated: banner !== undefined,
    diverged: lost,
  });
  const hash = [...result.subjects, ...result.tuningSubjects].map((one) => `${one.name} ${one.hash.slice(0, 12)}`);
  return {
    title: text.title,
    ...(banner === undefined ? {} : { banner }),
    summary: [
      sentence,
      `Before: ${powerText(result.before)}`,
      ...(result.after === undefined ? [] : [`After: ${powerText(result.after)}`]),
      ...marginLines(result, compare),
    ],
    tables: [
      mainTable(result, compare, against),
      ...retrievalTable(result, compare),
      gridTable(result),
      ...(text.tables ?? []),
    ],
    figures: [armFigure(result, compare), ...(text.figures ?? [])],
    limits: [...text.limits, ...standingLimits(result)],
    warnings: [...(text.warnings ?? []), ...divergenceWarnings(result, compare)],
    provenance: {
      ...(text.command === undefined ? {} : { command: text.command }),
      seeds: result.seeds,
      encoders: [],
      dataHash: hash.join(', '),
      versions: text.versions,
    },
  };
}

/** Raw, image-only with equal and with twice the passes, and the stronger BIN arm: stronger on validation, not on what is reported. */
export function controlsOf({ arms, chosen }: Pick<Attribution, 'arms' | 'chosen'>): string[] {
  const present = (name: string): string[] => (arms.some((arm) => arm.name === name) ? [name] : []);
  const validation = (name: string): number => chosen.find(({ arm }) => arm === name)?.validation ?? -1;
  const bins = [armsOf.imageBinClassified().name, armsOf.imageBinContrastive().name].flatMap(present);
  return [
    ...present(armsOf.raw().name),
    ...present(armsOf.imageOnly({ passes: 1 }).name),
    ...present(armsOf.imageOnly({ passes: 2 }).name),
    ...bins.sort((a, b) => validation(b) - validation(a)).slice(0, 1),
  ];
}

const shown: readonly MeasureName[] = ['harmonic mean', 'macro seen', 'macro unseen', 'micro seen', 'micro unseen'];

function mainTable(result: Attribution, compare: Comparer, against: readonly string[]): ReportTable {
  const rows = result.arms.map((arm) => {
    const { point } = result.chosen.find((one) => one.arm === arm.name) ?? {};
    const cost = meanCost(result, arm);
    const trained = arm.modalities.length > 0 && cost !== undefined;
    const lost = divergenceText(result, compare, arm.name);
    return [
      arm.name,
      ...shown.map((measure, i) =>
        i === 0 && lost !== undefined ? lost : metric(measure, compare.of(arm.name, measure), result),
      ),
      ...against.map((control) => metric(`less ${control}`, compare.difference(arm.name, control), result)),
      trained ? cost.steps : '–',
      trained ? cost.imagePasses : '–',
      trained ? Math.round(cost.gigaflop) : '–',
      cost === undefined ? '–' : labelText(arm, cost),
      trained && point !== undefined ? point.learningRate.toString() : '–',
      trained && point !== undefined ? point.temperature.toString() : '–',
    ];
  });
  const unit =
    compare.unit === 'world'
      ? `95 % Student t intervals over ${result.subjects.length} worlds (${result.subjects.length - 1} degrees of freedom), ${result.seeds.length} seeds averaged within each`
      : `95 % bootstrap intervals over species, ${result.seeds.length} seeds averaged`;
  return {
    title: 'Photo to photo, species at rank one',
    columns: [
      'arm',
      ...shown,
      ...against.map((control) => `less ${control}`),
      'steps',
      'image passes',
      'GFLOP',
      'labels of training rows',
      'learning rate',
      'temperature',
    ],
    rows,
    note: `Percent; ${unit}. Differences are of harmonic means of macro accuracies, paired. Intervals are not corrected for the number of comparisons. Every arm had the same grid, chosen on validation queries of ${result.tuningSubjects.map(({ name }) => name).join(', ')}.`,
  };
}

function labelText(arm: Arm, { labelled, bought }: ArmCost): string {
  const labels = arm.labels.length === 0 ? [] : [`${arm.labels.join(' + ')} of ${labelled}`];
  const barcodes = arm.bought.length === 0 ? [] : [`DNA of ${bought}`];
  return [...labels, ...barcodes].join('; ') || 'none';
}

/** Undefined where the arm was not run. */
function meanCost({ runs }: Attribution, arm: Arm): ArmCost | undefined {
  const costs = runs.filter(({ job }) => job.arm.name === arm.name).map(({ cost }) => cost);
  if (costs.length === 0) return undefined;
  const mean = (of: (cost: ArmCost) => number): number =>
    Math.round((10 * costs.reduce((sum, cost) => sum + of(cost), 0)) / costs.length) / 10;
  return {
    steps: Math.round(mean(({ steps }) => steps)),
    imagePasses: Math.round(mean(({ imagePasses }) => imagePasses)),
    gigaflop: mean(({ gigaflop }) => gigaflop),
    labelled: Math.round(mean(({ labelled }) => labelled)),
    bought: Math.round(mean(({ bought }) => bought)),
  };
}

function gridTable(result: Attribution): ReportTable {
  const trained = result.arms.filter(({ modalities }) => modalities.length > 0);
  const points = result.chosen.find(({ arm }) => arm === trained[0]?.name)?.tried.map(({ point }) => point) ?? [];
  return {
    title: 'The grid, on validation queries',
    columns: ['arm', ...points.map(({ learningRate, temperature }) => `${learningRate} / ${temperature}`)],
    rows: trained.map(({ name }) => {
      const { tried = [], point } = result.chosen.find(({ arm }) => arm === name) ?? {};
      return [name, ...tried.map((one) => `${validationText(one)}${one.point === point ? ' *' : ''}`)];
    }),
    note: 'Harmonic mean of macro accuracies in percent by learning rate / temperature. * chosen. A best point at the edge of the grid says that the grid was too small for that arm.',
  };
}

function validationText({ validation }: TriedPoint): string {
  return validation === undefined ? 'diverged' : (100 * validation).toFixed(1);
}

function armFigure(result: Attribution, compare: Comparer): ReportFigure {
  const points = result.arms.flatMap(({ name }) => {
    const found = compare.of(name);
    if (found === undefined) return [];
    const { value, interval } = found;
    return [
      {
        x: name,
        y: 100 * value,
        ...(interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high }),
      },
    ];
  });
  return {
    title: 'Photo to photo, harmonic mean of seen and unseen species',
    kind: 'point',
    x: { label: 'arm' },
    y: { label: 'macro accuracy, %' },
    series: [{ name: 'harmonic mean', points }],
  };
}

function standingLimits({ subjects, budget }: Attribution): string[] {
  return [
    `Arms had ${budget.steps} steps of ${budget.batchSize} rows, towers are small: longer training may order them differently.`,
    ...(subjects.some(({ banner }) => banner !== undefined)
      ? [
          'Photos and barcodes that evolve on one tree share information by construction: a gain here shows that the optimiser works, not that DNA teaches photos.',
        ]
      : ['One data set: the interval is over its species, not over other collections, cameras or regions.']),
  ];
}
