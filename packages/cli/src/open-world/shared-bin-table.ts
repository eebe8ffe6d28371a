import type { ReportTable } from '@bioscan/core';
import { bySharedBin, estimate, metricOf, scorePredictions, scores, stratify, type Resampler } from '@bioscan/eval';
import type { OpenWorldSets } from './sets.js';
import { predictionsOf, type System } from './system.js';

/**
 * Genus accuracy of unseen species apart for queries whose BIN a key has too: they have all but a key of their own species.
 * For splits made with `sharedBin: 'stratum'`; where shared BINs are held out the stratum is empty.
 */
export async function sharedBinTable(
  sets: OpenWorldSets,
  systems: readonly System[],
  draws: Resampler,
): Promise<ReportTable> {
  const keyIds = sets.keys.map(({ id }) => id);
  const rows: ReportTable['rows'][number][] = [];
  for (const system of systems) {
    const [predicted] = await predictionsOf(system, sets.testUnseen, ['genus'], sets.labels);
    if (predicted === undefined) continue;
    const strata = stratify(scorePredictions(predicted, sets.labels), bySharedBin(sets.labels, keyIds));
    for (const [stratum, outcomes] of strata) {
      const { queries, classes } = scores(outcomes);
      const cells = (['macro', 'micro'] as const).map((statistic) =>
        metricOf(estimate(outcomes, draws, { statistic })),
      );
      rows.push([system.name, stratum, ...cells, queries, classes]);
    }
  }
  return {
    title: 'Genus of unseen species where BINs may be shared',
    columns: ['system', 'stratum', 'macro', 'micro', 'queries', 'genera'],
    rows,
    note: 'A second split that holds species out one by one. Everywhere else species that share a BIN are held out together.',
  };
}
