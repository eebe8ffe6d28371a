import type { LabelRank } from '@bioscan/core';
import type { CardFigure } from '@bioscan/identify';
import type { RankAccuracy } from './rank-predictions.js';
import { shareText } from './shift-verdict.js';

/** With fewer photos an accuracy's interval covers most of what is possible. */
const least = 20;

/** What a pilot's photos say of accuracy at the finest rank that they have names at, in one sentence, and how the card compares. */
export function accuracyVerdict(accuracy: readonly RankAccuracy[], card: readonly CardFigure[]): string[] {
  const told = accuracy.filter(({ rank }) => rank !== 'bin').at(-1);
  if (told === undefined) return ['No photo has a name at a rank that the identifier tells: accuracy cannot be told.'];
  const { rank, micro } = told;
  const { count, value } = micro;
  const right = Math.round(value * count);
  const counted = `${right} of ${count} photos right at ${rank}, ${shareText(micro)} (95 % interval over photos, n = ${count})`;
  if (count < least) return [`Too few photos to tell accuracy: ${counted}; at least ${least} are needed.`];
  return [`Accuracy: ${counted}. ${compared(told, card)}`];
}

function compared({ rank, micro }: RankAccuracy, card: readonly CardFigure[]): string {
  const known = cardAccuracy(card, rank);
  if (known?.value === undefined) return 'The card knows no accuracy at this rank to compare with.';
  const theirs = `${shareText({ value: known.value, ...(known.interval === undefined ? {} : { interval: known.interval }) })} (n = ${known.count}, seen species)`;
  const [mine, other] = [micro.interval, known.interval];
  if (mine === undefined || other === undefined) return `The card says ${theirs}.`;
  if (mine.high < other.low) return `That is below the card's ${theirs}.`;
  if (mine.low > other.high) return `That is above the card's ${theirs}.`;
  return `The card says ${theirs}: the intervals overlap, and no difference is shown.`;
}

function cardAccuracy(card: readonly CardFigure[], rank: LabelRank): CardFigure | undefined {
  return card.find(({ name }) => name === `micro top-1 ${rank}, seen species`);
}
