import { BioscanError, taxaAt, voteTree, type Metric, type RankCalibration, type Rng } from '@bioscan/core';
import { quantile } from '../estimate.js';
import type { VoteExample } from './vote-examples.js';

/**
 * Chance that a positive scores above a negative, ties half; undefined where either is missing, which is not 0.5. O(n log n).
 * @throws BioscanError `bad-input` for a score that is not a number
 */
export function auroc(scores: readonly number[], positive: readonly boolean[]): number | undefined {
  if (scores.length !== positive.length) throw new TypeError('eval: auroc needs as many scores as answers');
  const unordered = scores.findIndex((score) => Number.isNaN(score));
  if (unordered >= 0) {
    throw new BioscanError(
      'bad-input',
      `eval: auroc, got NaN as score ${unordered}, expected numbers; leave out what has no score`,
      { position: unordered },
    );
  }
  const order = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let [below, won, positives] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let here = 0;
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) {
      here += positive[order[end] as number] === true ? 1 : 0;
      end++;
    }
    const negatives = end - start - here;
    won += here * (below + negatives / 2);
    below += negatives;
    positives += here;
    start = end;
  }
  return positives === 0 || below === 0 ? undefined : won / (positives * below);
}

/** How well one score tells novel taxa from known ones. */
export interface NoveltyScore {
  readonly score: 'mass for another taxon' | 'less the leading probability' | 'less the best similarity';
  readonly known: number;
  readonly novel: number;
  /** AUROC; absent where one kind is missing. */
  readonly auroc?: Metric;
}

/**
 * Open-set scores of examples at their finest rank, each with its AUROC for novelty and an interval over draws of species with all their queries. Use
 * examples that the calibrations were not fitted on.
 */
export function noveltyScores(
  examples: readonly VoteExample[],
  calibrations: readonly RankCalibration[],
  { rng, draws = 200 }: { readonly rng: Rng; readonly draws?: number },
): NoveltyScore[] {
  const finest = calibrations.length - 1;
  const judged = examples.filter(({ truth }) => truth[finest] !== undefined);
  const found = judged.map(({ votes }) => {
    const { taxa, another } = taxaAt(voteTree(votes, calibrations), finest);
    const best = votes.reduce((most, { similarity }) => Math.max(most, similarity), Number.NEGATIVE_INFINITY);
    return [another, 1 - (taxa[0]?.probability ?? 0), -best] as const;
  });
  const novel = judged.map((example) => example.novel);
  const drawn = drawsOfSpecies(judged.map(({ truth }) => truth[finest] as string), rng, draws); // prettier-ignore
  const names = ['mass for another taxon', 'less the leading probability', 'less the best similarity'] as const;
  const count = novel.filter(Boolean).length;
  return names.map((score, at): NoveltyScore => {
    const value = auroc(found.map((scores) => scores[at] as number), novel); // prettier-ignore
    const counts = { score, known: judged.length - count, novel: count };
    if (value === undefined) return counts;
    const replicates = drawn
      .map((rows) =>
        auroc(
          rows.map((i) => found[i]?.[at] as number),
          rows.map((i) => novel[i] === true),
        ),
      ) // prettier-ignore
      .filter((one) => one !== undefined)
      .sort((a, b) => a - b);
    const interval = {
      low: quantile(replicates, 0.025),
      high: quantile(replicates, 0.975),
      level: 0.95,
      unit: 'species',
    };
    return {
      ...counts,
      auroc: { name: 'AUROC', value, count: judged.length, ...(replicates.length < 2 ? {} : { interval }) },
    };
  });
}

/** Rows of each draw of species with replacement. */
function drawsOfSpecies(species: readonly string[], rng: Rng, draws: number): number[][] {
  const rows = new Map<string, number[]>();
  species.forEach((name, i) => rows.set(name, [...(rows.get(name) ?? []), i]));
  const lists = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
  return Array.from({ length: draws }, () => lists.flatMap(() => lists[rng.integer(lists.length)] as number[]));
}
