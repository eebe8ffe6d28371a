import { heldOutReport, voteReport, type RankReport, type VoteExample } from '@bioscan/eval';
import type { CardFigure } from '@bioscan/identify';
import type { FittedVotes } from './fitted-votes.js';
import { setNames, type NoveltySet } from './novelty-sets.js';

/** How good probabilities are on the checked photos; without any, cross-fitted on the fitted ones. */
export function calibrationReport(
  judged: readonly VoteExample[],
  { tree, examples, options }: FittedVotes,
): RankReport[] {
  return judged.length > 0 ? heldOutReport(judged, tree, options.novelPrior) : voteReport(examples, options);
}

/** The same for a card: at the novel prior, then by what the identifier knows of the species. None where fitted photos show one species only. */
export function calibrationFigures(
  judged: readonly VoteExample[],
  votes: FittedVotes,
  setOf: (id: string) => NoveltySet,
): CardFigure[] {
  const group = `Calibration, at the novel prior${judged.length > 0 ? '' : ', cross-fitted by species'}`;
  const all = calibrationReport(judged, votes).filter(({ queries }) => queries > 0);
  const figures = all.flatMap(({ rank, queries: count, expectedCalibrationError, brier, negativeLogLikelihood }) => [
    { name: `calibration error ${rank}, equal mass`, value: expectedCalibrationError, count, group },
    { name: `Brier score ${rank}`, value: brier, count, group },
    { name: `negative log likelihood ${rank}`, value: negativeLogLikelihood, count, group },
  ]);
  return [...figures, ...(judged.length === 0 ? [] : bySet(judged, votes, setOf))];
}

function bySet(judged: readonly VoteExample[], { tree }: FittedVotes, setOf: (id: string) => NoveltySet): CardFigure[] {
  const group = 'Calibration error by sets, equal mass';
  const sets = {
    [setNames.seen]: judged.filter(({ id, novel }) => !novel && setOf(id) === 'seen'),
    [setNames['unseen with keys']]: judged.filter(({ id, novel }) => !novel && setOf(id) === 'unseen with keys'),
    [setNames.novel]: judged.filter(({ id }) => setOf(id) === 'novel'),
    'own keys hidden': judged.filter(({ id, novel }) => novel && setOf(id) !== 'novel'),
  };
  return Object.entries(sets).flatMap(([set, examples]): CardFigure[] => {
    if (examples.length === 0 && set === 'own keys hidden') return [];
    return tree.map(({ rank }, depth) => {
      const name = `calibration error ${rank}, ${set}`;
      const found = examples.length === 0 ? undefined : heldOutReport(examples, tree)[depth];
      return found === undefined || found.queries === 0
        ? { name, count: 0, group }
        : { name, value: found.expectedCalibrationError, count: found.queries, group };
    });
  });
}
