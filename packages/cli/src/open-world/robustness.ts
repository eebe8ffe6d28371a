import type { Identified, ReportFigure, ReportTable, Rng } from '@bioscan/core';
import { perturbBarcode, type Perturbation } from '@bioscan/dna';
import { estimate, metricOf, scorePredictions, type Resampler } from '@bioscan/eval';
import type { SystemRuns } from './open-world-report.js';
import type { OpenWorldSets } from './sets.js';
import { predictionsOf } from './system.js';

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
  systems: readonly SystemRuns[],
  sets: OpenWorldSets,
  cases: readonly RobustnessCase[],
  draws: Resampler,
  rng: Rng,
  onProgress: (what: string) => void,
): Promise<{ readonly tables: readonly ReportTable[]; readonly figures: readonly ReportFigure[] }> {
  if (cases.length === 0) return { tables: [], figures: [] };
  const rows: (string | ReturnType<typeof metricOf>)[][] = [];
  for (const one of cases) {
    onProgress(`robustness: ${one.name}`);
    const queries = perturbed(sets.testUnseen, one, rng);
    const cells = [];
    for (const { runs } of systems) {
      const [first] = runs;
      if (first === undefined) continue;
      const [predicted] = await predictionsOf(first.system, queries, ['genus'], sets.labels);
      if (predicted === undefined) continue;
      const outcomes = scorePredictions(predicted, sets.labels);
      cells.push(metricOf(estimate(outcomes, draws)));
    }
    rows.push([one.name, ...cells]);
  }
  const table: ReportTable = {
    title: 'Robustness: genus of unseen species, macro',
    columns: ['queries', ...systems.map(({ name }) => name)],
    rows,
    note: 'Only the queries are changed, the keys stay whole; nothing was tuned on these rows.',
  };
  return { tables: [table], figures: figuresOf(cases, table, systems) };
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
