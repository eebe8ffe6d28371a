import type { Identified, Metric, ReportFigure, ReportTable, Rng } from '@bioscan/core';
import { perturbBarcode, type Perturbation } from '@bioscan/dna';
import { estimate, metricOf, scorePredictions, type Resampler } from '@bioscan/eval';
import type { TaskContext } from './nearest-task.js';
import type { OpenWorldSets } from './sets.js';
import { predictionsOf, type System, type SystemRuns } from './system.js';

/** One row of a robustness table. Cases of a `series` make a line of a figure over `x`. */
export interface RobustnessCase {
  readonly name: string;
  readonly perturbation?: Perturbation;
  readonly series?: 'bases kept' | 'bases lost at the start' | 'share of N';
  readonly x?: number;
}

/** What evaluation asks of a DNA encoder: frame, truncation at both ends, length, one indel, unknown letters. */
export const robustnessCases: readonly RobustnessCase[] = [
  { name: 'as they are' },
  ...[1, 2, 3, 4].map((letters) => ({
    name: `frame offset ${letters}`, perturbation: { kind: 'drop-start', letters } as const, series: 'bases lost at the start' as const, x: letters,
  })),
  { name: "5' end cut by 100", perturbation: { kind: 'drop-start', letters: 100 } },
  { name: "3' end cut by 100", perturbation: { kind: 'drop-end', letters: 100 } },
  ...[100, 200, 400].map((letters) => ({
    name: `window of ${letters}`, perturbation: { kind: 'window', letters } as const, series: 'bases kept' as const, x: letters,
  })),
  { name: 'one indel', perturbation: { kind: 'indel' } },
  ...[0.01, 0.05].map((share) => ({
    name: `${100 * share} % N`, perturbation: { kind: 'unknown', share } as const, series: 'share of N' as const, x: share,
  })),
]; // prettier-ignore

/** Genus accuracy on unseen species when the queries, and only they, are perturbed; first run of each system. */
export async function robustnessOf(
  { systems, sets, rng, onProgress }: TaskContext,
  cases: readonly RobustnessCase[],
  draws: Resampler,
): Promise<{ readonly tables: readonly ReportTable[]; readonly figures: readonly ReportFigure[] }> {
  if (cases.length === 0) return { tables: [], figures: [] };
  const rows: (string | Metric)[][] = [];
  for (const one of cases) {
    onProgress(`robustness: ${one.name}`);
    const queries = perturbed(sets.testUnseen, one, rng.split('robustness'));
    const cells: (string | Metric)[] = [];
    for (const { runs } of systems) cells.push(await cellOf(runs[0]?.system, queries, sets, draws));
    rows.push([one.name, ...cells]);
  }
  const table: ReportTable = {
    title: 'Robustness: genus of unseen species, macro',
    columns: ['queries', ...systems.map(({ name }) => name)],
    rows,
    note: 'Only the queries are changed, the keys stay whole; nothing was tuned on these rows. First seed of each system.',
  };
  return { tables: [table], figures: figuresOf(cases, table, systems) };
}

async function cellOf(
  system: System | undefined,
  queries: readonly Identified<string>[],
  { labels }: OpenWorldSets,
  draws: Resampler,
): Promise<string | Metric> {
  if (system?.readsBarcodes !== true) return '–';
  const [predicted] = await predictionsOf(system, queries, ['genus'], labels);
  return predicted === undefined ? '–' : metricOf(estimate(scorePredictions(predicted, labels), draws));
}

function perturbed(
  queries: readonly Identified<string>[],
  { name, perturbation }: RobustnessCase,
  rng: Rng,
): readonly Identified<string>[] {
  if (perturbation === undefined) return queries;
  const random = rng.split(name);
  return queries.map(({ id, input }) => ({ id, input: perturbBarcode(input, perturbation, random.split(id)) }));
}

function figuresOf(
  cases: readonly RobustnessCase[],
  table: ReportTable,
  systems: readonly SystemRuns[],
): ReportFigure[] {
  const names = [...new Set(cases.flatMap(({ series }) => series ?? []))];
  return names.map((series) => ({
    title: `Genus of unseen species by ${series}`,
    kind: 'line',
    x: { label: series },
    y: { label: 'macro accuracy' },
    series: systems.map(({ name }, column) => ({
      name,
      points: cases.flatMap((one, row) => {
        const cell = table.rows[row]?.[column + 1];
        if (one.series !== series || one.x === undefined || typeof cell !== 'object') return [];
        return [
          {
            x: one.x,
            y: cell.value,
            ...(cell.interval === undefined ? {} : { low: cell.interval.low, high: cell.interval.high }),
          },
        ];
      }),
    })),
  }));
}
