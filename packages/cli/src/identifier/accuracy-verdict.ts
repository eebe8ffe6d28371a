import type { LabelRank, Metric, Rng } from '@bioscan/core';
import { shareByUnit } from '@bioscan/eval';
import type { CardFigure } from '@bioscan/identify';
import type { RankAccuracy } from './rank-predictions.js';
import { shareText } from './shift-verdict.js';

/** With fewer photos an accuracy's interval covers most of what is possible. */
const least = 20;
/** Intervals by drawing fewer species are too narrow to rest a difference on. */
const leastSpecies = 5;

/** Photos that an accuracy at a rank is told from. */
interface JudgedPhotos {
  readonly rank: LabelRank;
  readonly right: readonly boolean[];
  /** The finest name of each: what is drawn with all its photos. */
  readonly units: readonly string[];
  /** Photos with a name at the rank whose finest name is not among the references: the card's figure has none of them. */
  readonly strangers: number;
}

/**
 * What a pilot's photos say of accuracy, in one sentence, and how the card compares: photos whose finest name is among the references, at the
 * finest rank that enough of them have a name at, with an interval over species as the card's.
 */
export function accuracyVerdict(accuracy: readonly RankAccuracy[], card: readonly CardFigure[], rng: Rng): string[] {
  const ranks = judgedPhotos(accuracy);
  const [first] = ranks;
  if (first === undefined) return ['No photo has a name at a rank that the identifier tells: accuracy cannot be told.'];
  const judged =
    ranks.find(({ right }) => right.length >= least) ??
    ranks.reduce((most, one) => (one.right.length > most.right.length ? one : most));
  const { rank, right, units, strangers } = judged;
  const others =
    strangers === 0 ? '' : ` ${strangers} more, with names that are not among the references, are not counted here.`;
  if (right.length === 0)
    return [`Accuracy cannot be told: the names of all ${strangers} photos are not among the references.`];
  const metric = shareByUnit(rank, right, units, { rng, unit: 'species' });
  const species = new Set(units).size;
  const over = metric.interval === undefined ? '' : `95 % interval over ${species} species, `;
  const counted = `${right.filter(Boolean).length} of ${right.length} photos right at ${rank}, ${shareText(metric)} (${over}n = ${right.length})`;
  if (right.length < least)
    return [`Too few photos to tell accuracy: ${counted}; at least ${least} are needed.${others}`];
  return [`Accuracy: ${counted}.${others} ${compared(rank, metric, species, card)}`];
}

/** Finest rank first; without BINs, which no folder is named by. */
function judgedPhotos(accuracy: readonly RankAccuracy[]): JudgedPhotos[] {
  const told = accuracy.filter(({ rank }) => rank !== 'bin').reverse();
  const finest = new Map<string, { readonly name: string; readonly known: boolean }>();
  return told.map(({ rank, outcomes: { queryIds, truth, hasKey, place } }) => {
    for (const [i, id] of queryIds.entries()) {
      if (!finest.has(id)) finest.set(id, { name: `${rank} ${truth[i] ?? ''}`, known: hasKey[i] === 1 });
    }
    const rows = [...queryIds.keys()].filter((i) => finest.get(queryIds[i] as string)?.known === true);
    return {
      rank,
      right: rows.map((i) => place[i] === 0),
      units: rows.map((i) => finest.get(queryIds[i] as string)?.name ?? ''),
      strangers: queryIds.length - rows.length,
    };
  });
}

function compared(rank: LabelRank, mine: Metric, species: number, card: readonly CardFigure[]): string {
  const known = card.find((one) => one.measure === 'micro top-1' && one.rank === rank && one.set === 'seen');
  if (known?.value === undefined) return 'The card knows no accuracy at this rank to compare with.';
  const { value, interval, count } = known;
  const theirs = `${shareText({ value, ...(interval === undefined ? {} : { interval }) })} (n = ${count}, seen species)`;
  // An interval over photos takes those of one species as independent, which they are not.
  if (mine.interval === undefined || interval?.unit !== 'species') return `The card says ${theirs}.`;
  if (species < leastSpecies)
    return `The card says ${theirs}; at least ${leastSpecies} species are needed to tell a difference.`;
  if (mine.interval.high < interval.low) return `That is below the card's ${theirs}.`;
  if (mine.interval.low > interval.high) return `That is above the card's ${theirs}.`;
  return `The card says ${theirs}: the intervals overlap, and no difference is shown.`;
}
