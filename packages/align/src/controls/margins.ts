import type { Comparison, Comparer } from './compare.js';
import { measures } from './measures.js';
import type { Attribution } from './attribution.js';

/** What an interval says of a margin. `undecided`: it covers the margin, or there is none. */
export type MarginVerdict = 'above' | 'below' | 'undecided';

/** Across modalities, retrieval should lie above so many times chance. */
export const chanceFactor = 5;

/** A share of accuracy by which DNA-to-DNA retrieval may be worse than untrained vectors and still count as not inferior. */
export const inferiorityMargin = 0.01;

/** Whether an interval lies above a margin, below it, or on both sides. */
export function marginVerdict(interval: Comparison['interval'], margin: number): MarginVerdict {
  if (interval === undefined) return 'undecided';
  if (interval.low > margin) return 'above';
  return interval.high < margin ? 'below' : 'undecided';
}

/**
 * One line for each other retrieval of the treatment. Between two modalities: is the lower end of its interval above {@link chanceFactor} times
 * chance? Within one: is it inferior to the raw vectors by more than {@link inferiorityMargin}? Harmonic means, 95 % intervals.
 */
export function marginLines(result: Attribution, compare: Comparer): string[] {
  const treatment = result.arms.find(({ name }) => name === result.treatment);
  return (treatment?.also ?? []).map((pair) =>
    pair[0] === pair[1] ? inferiorityLine(result, compare, pair) : chanceLine(result, compare, pair),
  );
}

function chanceLine({ treatment, runs }: Attribution, compare: Comparer, pair: readonly [string, string]): string {
  const name = `${pair.join(' to ')} retrieval of ${treatment}`;
  const found = compare.of(treatment, 'harmonic mean', pair);
  const bound = chanceFactor * chanceOf({ runs }, treatment, pair);
  const answer = { above: 'yes', below: 'no', undecided: 'undecided' }[marginVerdict(found?.interval, bound)];
  const value = found === undefined ? 'not measured' : intervalText(found, '%');
  return `Margin: ${name} above ${chanceFactor} times chance (${percent(bound)} %)? ${answer}: ${value}.`;
}

function inferiorityLine({ treatment }: Attribution, compare: Comparer, pair: readonly [string, string]): string {
  const name = `${pair.join(' to ')} retrieval of ${treatment}`;
  const found = compare.difference(treatment, 'raw', 'harmonic mean', pair);
  const answer = { above: 'not inferior', below: 'inferior', undecided: 'undecided' }[
    marginVerdict(found?.interval, -inferiorityMargin)
  ];
  const value = found === undefined ? 'not measured' : `${intervalText(found, 'points')} less raw`;
  return `Margin: ${name} inferior to raw by more than ${100 * inferiorityMargin} point? ${answer}: ${value}.`;
}

/** Mean chance of a retrieval of an arm: harmonic mean of that of seen and unseen species. */
export function chanceOf(
  { runs }: Pick<Attribution, 'runs'>,
  arm: string,
  [query, key]: readonly [string, string],
): number {
  const found = runs
    .filter(({ job }) => job.arm.name === arm)
    .flatMap(({ retrievals }) => retrievals.filter((one) => one.query === query && one.key === key))
    .map((retrieval) => measures(retrieval).chance);
  return found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
}

function intervalText({ value, interval }: Comparison, unit: string): string {
  const range = interval === undefined ? '' : ` [${percent(interval.low)}, ${percent(interval.high)}]`;
  return `${percent(value)}${range} ${unit}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1).replace('-', '−');
}
