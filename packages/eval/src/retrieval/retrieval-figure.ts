import type { ReportFigure } from '@bioscan/core';
import { metricOf } from '../estimate.js';
import { rankName } from '../report-cells.js';
import { combineSeeds } from '../seeds.js';
import { pairName } from './retrieval-pair.js';
import type { RetrievalSystem } from './retrieval-system.js';
import { linesOf, partEstimates } from './retrieval-tables.js';

/** Macro accuracy of every pair and rank with its interval, a figure a system: seen, unseen and their harmonic mean. */
export function retrievalFigures(systems: readonly RetrievalSystem[]): ReportFigure[] {
  const parts = [
    ['seen', 'seen'],
    ['unseen', 'unseen'],
    ['harmonic mean', 'harmonicMean'],
  ] as const;
  return systems.map((system) => ({
    title: systems.length === 1 ? 'Retrieval at a glance' : `Retrieval at a glance: ${system.name}`,
    kind: 'point',
    x: { label: 'query → key, rank' },
    y: { label: 'macro accuracy' },
    series: parts.map(([name, part]) => ({
      name,
      points: linesOf(systems, 'macro').flatMap((line) => {
        const found = partEstimates(system, line, part).filter(({ count }) => count > 0);
        if (found.length === 0) return [];
        const { value, interval } = metricOf(combineSeeds(found).mean);
        const bounds = interval === undefined ? {} : { low: interval.low, high: interval.high };
        return [{ x: `${pairName(line.pair)}, ${rankName(line.rank)}`, y: value, ...bounds }];
      }),
    })),
    note: 'Means over seeds; 95 % intervals over species.',
  }));
}
