import type { ReportTable } from '@bioscan/core';
import type { Attribution } from './attribution.js';
import type { Comparer } from './compare.js';
import { metric } from './comparison-metric.js';
import { chanceOf } from './margins.js';

/** Retrievals other than photo to photo: image to DNA against chance, DNA to DNA against the untrained DNA vectors. None: no table. */
export function retrievalTable(result: Attribution, compare: Comparer): ReportTable[] {
  const measured = result.arms.filter((arm) =>
    (arm.also ?? []).some((pair) => compare.of(arm.name, 'harmonic mean', pair)),
  );
  const rows = measured.flatMap((arm) =>
    (arm.also ?? []).map((pair) => {
      const label = `${pair[0]} to ${pair[1]}`;
      const own = (name: 'macro seen' | 'macro unseen' | 'harmonic mean'): ReturnType<typeof metric> =>
        metric(`${name}, ${label}`, compare.of(arm.name, name, pair), result);
      const raw = pair[0] === 'dna' ? compare.difference(arm.name, 'raw', 'harmonic mean', pair) : undefined;
      return [
        arm.name,
        label,
        own('macro seen'),
        own('macro unseen'),
        own('harmonic mean'),
        (100 * chanceOf(result, arm.name, pair)).toFixed(2),
        timesChance(result, compare, arm.name, pair),
        metric('less raw', raw, result),
      ];
    }),
  );
  if (rows.length === 0) return [];
  return [
    {
      title: 'Across modalities, species at rank one',
      columns: [
        'arm',
        'retrieval',
        'macro seen',
        'macro unseen',
        'harmonic mean',
        'chance, %',
        'lower end / chance',
        'less raw',
      ],
      rows,
      note: 'Chance: labels of the keys permuted, mean of 100 draws. "less raw" is against the untrained vectors of the same modality.',
    },
  ];
}

/** Lower end of the interval of the harmonic mean as a multiple of chance. */
export function timesChance(
  result: Attribution,
  compare: Comparer,
  arm: string,
  pair: readonly [string, string],
): string {
  const found = compare.of(arm, 'harmonic mean', pair);
  const chance = chanceOf(result, arm, pair);
  if (found?.interval === undefined || chance === 0) return '–';
  return (found.interval.low / chance).toFixed(1);
}
