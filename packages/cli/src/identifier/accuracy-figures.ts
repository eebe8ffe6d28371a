import { taxaAt, voteTree, type LabelRank, type Rng } from '@bioscan/core';
import { shareByUnit, type AssertionThresholds, type LabelTable, type VoteExample } from '@bioscan/eval';
import type { RankCalibration } from '@bioscan/core';
import type { CardFigure, FigureMeasure } from '@bioscan/identify';
import { noveltySets, setNames, type NoveltySet } from './novelty-sets.js';
import { rankAccuracy, type RankedNames } from './rank-predictions.js';

/** Photos that confidence was not fitted on, with their votes. */
export interface CheckedPhotos {
  readonly examples: readonly VoteExample[];
  readonly tree: readonly RankCalibration[];
  readonly labels: LabelTable;
  readonly keyIds: readonly string[];
  readonly setOf: (id: string) => NoveltySet;
  readonly unitOf: (id: string) => string;
}

/** Of the most probable name at each rank, for seen, unseen and novel species apart; a set of no photos is unknown. */
export function accuracyFigures(checked: CheckedPhotos, rng: Rng): CardFigure[] {
  const { examples, tree, labels, keyIds, setOf } = checked;
  const roots = examples.map(({ votes }) => voteTree(votes, tree));
  const finest = tree.at(-1)?.rank;
  return tree.flatMap(({ rank }, depth) => {
    const keyLabels = new Set(keyIds.flatMap((id) => labels.labelOf(id, rank) ?? []));
    return noveltySets.flatMap((set): CardFigure[] => {
      // No name of theirs is among the keys: how often one is asserted all the same stands under the confident names.
      if ((set === 'novel' || set === 'without a name') && rank === finest) return [];
      const rows = examples.flatMap(({ id }, i): RankedNames[] => {
        const root = roots[i];
        if (setOf(id) !== set || root === undefined) return [];
        return [
          {
            id,
            names: taxaAt(root, depth)
              .taxa.flatMap(({ name }) => name ?? [])
              .slice(0, 5),
          },
        ];
      });
      if (set === 'without a name' && rows.length === 0) return [];
      return ofSet({ rank, set }, rows, { ...checked, keyLabels }, rng.split(`${rank} ${set}`));
    });
  });
}

/** Both intervals are over species: photos of one are alike. */
function ofSet(
  { rank, set }: { readonly rank: LabelRank; readonly set: NoveltySet },
  rows: readonly RankedNames[],
  { labels, keyLabels, unitOf }: Pick<CheckedPhotos, 'labels' | 'unitOf'> & { readonly keyLabels: ReadonlySet<string> },
  rng: Rng,
): CardFigure[] {
  const accuracy = rows.length === 0 ? undefined : rankAccuracy(rank, rows, labels, keyLabels, rng);
  const told = (measure: FigureMeasure): Pick<CardFigure, 'name' | 'measure' | 'rank' | 'set' | 'group'> => ({
    ...{ name: `${measure} ${rank}, ${setNames[set]}`, measure, rank, set },
    group: 'Accuracy of the most probable name',
  });
  if (accuracy === undefined) return [{ ...told('micro top-1'), count: 0 }];
  const { place, queryIds } = accuracy.outcomes;
  const right = Array.from(place, (at) => at === 0);
  const micro = shareByUnit('', right, queryIds.map(unitOf), { rng: rng.split('micro'), unit: 'species' });
  return [
    { ...accuracy.macro, ...told('macro top-1') },
    { ...micro, ...told('micro top-1') },
  ];
}

/** How often a name is asserted at a level of confidence, and how often that name is right, by sets. The gate is not counted. */
export function assertionFigures(
  { examples, tree, setOf, unitOf }: CheckedPhotos,
  level: number,
  thresholds: AssertionThresholds,
  rng: Rng,
): CardFigure[] {
  const told = examples.map(({ id, votes, truth }) => {
    const root = voteTree(votes, tree);
    const depth = tree.findLastIndex(
      ({ rank }, at) => (taxaAt(root, at).taxa[0]?.probability ?? 0) >= Math.max(level, thresholds[rank] ?? level),
    );
    const name = depth < 0 ? undefined : taxaAt(root, depth).taxa[0]?.name;
    const known = depth < 0 ? undefined : truth[depth];
    return { id, named: depth >= 0, right: known === undefined ? undefined : known === name };
  });
  const metric = (name: string, rows: readonly { readonly id: string; readonly holds: boolean }[]): CardFigure => {
    const group = `Names asserted at a confidence of ${level}`;
    if (rows.length === 0) return { name, count: 0, group };
    const units = rows.map(({ id }) => unitOf(id));
    const holds = rows.map((row) => row.holds);
    return { ...shareByUnit(name, holds, units, { rng: rng.split(name), unit: 'species' }), group };
  };
  return noveltySets.flatMap((set) => {
    const mine = told.filter(({ id }) => setOf(id) === set);
    if (set === 'without a name' && mine.length === 0) return [];
    const judged = mine.flatMap(({ id, right }) => (right === undefined ? [] : [{ id, holds: right }]));
    return [
      metric(
        `asserted, ${setNames[set]}`,
        mine.map(({ id, named }) => ({ id, holds: named })),
      ),
      metric(`right of these, ${setNames[set]}`, judged),
    ];
  });
}
