import { rng, type Report, type ReportFigure, type ReportTable, type Runtime } from '@bioscan/core';
import type { ArmBudget, ArmRun } from './arm-run.js';
import { arms as armsOf, leastSequenced } from './arms.js';
import type { AttributionText } from './attribution-report.js';
import { nameAndHash, planReported } from './attribution.js';
import { checkRoles, queriesOf } from './check-roles.js';
import { choosePoints, planTuning, type ChosenPoint, type Grid } from './choose-points.js';
import { comparer, type Comparison } from './compare.js';
import { metric } from './comparison-metric.js';
import { completed } from './curve.js';
import { powerBefore, powerText, type PowerStatement } from './power-statement.js';
import { runJobs, type JobHost } from './run-jobs.js';
import { withSpread } from './spread-order.js';
import type { SubjectSource } from './subject.js';

export interface PriceOptions {
  readonly tuning: readonly SubjectSource[];
  readonly subjects: readonly SubjectSource[];
  readonly seeds: readonly number[];
  readonly grid: Grid;
  readonly budget: ArmBudget;
  /** Shares of the training specimens that are sequenced. Default 0, 1, 5, 10, 25 and 100 percent. */
  readonly shares?: readonly number[];
  /** Of sequencing one specimen, in any currency. */
  readonly costPerSpecimen: number;
}

export interface PriceHost extends JobHost {
  /** For the raw photo vectors that the spread order is made of. */
  readonly runtime: Runtime;
  /** Called with the subjects that have the order, so that the host's trainer knows them. */
  readonly know?: (source: SubjectSource) => SubjectSource;
  readonly onPower?: (power: PowerStatement) => void;
}

export type SequencingOrder = 'random' | 'spread';

export interface PricePoint {
  readonly share: number;
  readonly order: SequencingOrder;
  /** Sequenced specimens of a subject, their mean. */
  readonly specimens: number;
  readonly cost: number;
  /** Photo to photo, harmonic mean. */
  readonly accuracy: Comparison | undefined;
  /** Less none sequenced. */
  readonly gain: Comparison | undefined;
}

export interface Price {
  readonly points: readonly PricePoint[];
  readonly before: PowerStatement;
  readonly chosen: readonly ChosenPoint[];
  readonly runs: readonly ArmRun[];
  readonly subjects: readonly Pick<SubjectSource, 'name' | 'hash' | 'banner'>[];
  readonly seeds: readonly number[];
  readonly budget: ArmBudget;
}

/**
 * How much DNA must one buy? Photo accuracy against the share of specimens sequenced: drawn at random, or the most different photos first.
 * A share trains on two views of all photos and on the barcodes that were bought. Its batches are stratified: where fewer than a quarter of the
 * specimens are sequenced, a quarter of each batch (all of them where they are fewer) is drawn from those that are, over and over, and the
 * rest from the others, each once an epoch; so the pair of photo and barcode always has rows to tell apart. Two views are contrasted over the
 * whole batch. None sequenced is two views alone, on a point of its own; every share has the point chosen at a quarter.
 * @throws RangeError for a subject that is tuned on and reported, see {@link checkRoles}
 */
export async function price(options: PriceOptions, host: PriceHost): Promise<Price> {
  const { tuning, subjects, seeds, grid, budget, costPerSpecimen } = options;
  const { shares = [0, 0.01, 0.05, 0.1, 0.25, 1] } = options;
  if (!(costPerSpecimen >= 0))
    throw new RangeError(`align: cost per specimen, got ${costPerSpecimen}, expected 0 or more`);
  checkRoles(tuning.map(queriesOf), subjects);
  const [none, quarter] = [armsOf.partlySequenced({ share: 0 }), armsOf.partlySequenced({ share: 0.25 })];
  const tuned = await runJobs(
    planTuning({ arms: [none, quarter], grid, subjects: tuning, seeds: seeds.slice(0, 1), budget }),
    host,
  );
  const chosen = choosePoints([none, quarter], tuned);
  const plan = { subjects: subjects.length, seeds: seeds.length, treatment: quarter.name, reference: none.name };
  const before = powerBefore({ ...plan, assumedDeviation: 0.03, power: 0.8 }, chosen, tuned, rng(seeds[0] ?? 0));
  host.onPower?.(before);
  const ordered = subjects.map((source) => (host.know ?? ((same) => same))(withSpread(source, host.runtime)));
  const bought = shares.filter((share) => share > 0);
  const list = [
    none,
    ...bought.map((share) => armsOf.partlySequenced({ share })),
    ...bought.filter((share) => share < 1).map((share) => armsOf.partlySequenced({ share, order: 'spread' })),
  ];
  const runs = await runJobs(planReported(list, completed(chosen, list, quarter.name), ordered, seeds, budget), host);
  const compare = comparer(runs, rng(seeds[0] ?? 0));
  const orders: readonly SequencingOrder[] = ['random', 'spread'];
  const points = orders.flatMap((order) =>
    shares.map((share): PricePoint => {
      const whole = share === 0 || share === 1 || order === 'random';
      const { name } = armsOf.partlySequenced({ share, ...(whole ? {} : { order }) });
      const specimens = meanBought(runs, name);
      const [accuracy, gain] = [compare.of(name), compare.difference(name, none.name)];
      return { share, order, specimens, cost: specimens * costPerSpecimen, accuracy, gain };
    }),
  );
  return { points, before, chosen, runs, seeds, budget, subjects: subjects.map(nameAndHash) };
}

function meanBought(runs: readonly ArmRun[], arm: string): number {
  const counts = runs.filter(({ job }) => job.arm.name === arm).map(({ cost }) => cost.bought);
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
}

/** The price curve as a report: figure, table, and how small a gain it could have seen. */
export function priceReport(result: Price, text: AttributionText): Report {
  const banner = result.subjects.find((one) => one.banner !== undefined)?.banner;
  return {
    title: text.title,
    ...(banner === undefined ? {} : { banner }),
    summary: [
      `Photo accuracy when a share of the training specimens is sequenced, on ${result.subjects.map(({ name }) => name).join(', ')}.`,
      `Before: ${powerText(result.before)}`,
    ],
    tables: [priceTable(result), ...(text.tables ?? [])],
    figures: [priceFigure(result), ...(text.figures ?? [])],
    limits: [
      ...text.limits,
      'Keys carry their names in every point: the curve prices what barcodes teach the photo encoder, not what they name.',
      'Every share trains on two views of each photo and costs the same steps.',
      batchText(result),
    ],
    warnings: text.warnings ?? [],
    provenance: {
      ...(text.command === undefined ? {} : { command: text.command }),
      seeds: result.seeds,
      encoders: [],
      dataHash: result.subjects.map(({ name, hash }) => `${name} ${hash.slice(0, 12)}`).join(', '),
      versions: text.versions,
    },
  };
}

/** What a batch holds. */
function batchText({ budget: { batchSize } }: Price): string {
  const least = Math.max(2, Math.round(leastSequenced * batchSize));
  return `A batch of ${batchSize} holds at least ${least} sequenced specimens, or all of them where they are fewer: at low shares they come again and again, while each of the others comes once an epoch. Photos are contrasted over the whole batch, photo and barcode over its sequenced part. None sequenced: shuffled batches of photos alone, their point chosen for themselves; all shares have the point chosen at a quarter.`;
}

function priceTable(result: Price): ReportTable {
  return {
    title: 'Price curve: photo to photo, harmonic mean of macro accuracies',
    columns: ['sequenced', 'order', 'specimens', 'cost', 'accuracy', 'less none sequenced'],
    rows: result.points.map(({ share, order, specimens, cost, accuracy, gain }) => [
      `${Number((100 * share).toPrecision(3))} %`,
      order,
      specimens,
      cost,
      accuracy === undefined ? 'diverged' : metric('harmonic mean', accuracy, result),
      metric('gain', gain, result),
    ]),
    note: 'Percent, 95 % intervals over worlds or, with one data set, over species. Not corrected for the number of points. `spread`: the photos that differ most by the raw encoder are sequenced first.',
  };
}

function priceFigure({ points }: Price): ReportFigure {
  const orders = [...new Set(points.map(({ order }) => order))];
  return {
    title: 'Photo accuracy against the cost of sequencing',
    kind: 'line',
    x: { label: 'cost of barcodes' },
    y: { label: 'harmonic mean of macro accuracies, %' },
    series: orders.map((order) => ({
      name: order,
      points: points
        .filter((point) => point.order === order)
        .flatMap(({ cost, accuracy }) => {
          if (accuracy === undefined) return [];
          const { value, interval } = accuracy;
          return [
            {
              x: cost,
              y: 100 * value,
              ...(interval === undefined ? {} : { low: 100 * interval.low, high: 100 * interval.high }),
            },
          ];
        }),
    })),
  };
}
