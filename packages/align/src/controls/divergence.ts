import type { Attribution } from './attribution.js';
import type { Comparer } from './compare.js';

/** What a table prints of an arm that diverged in place of figures; undefined for one that did not. */
export function divergenceText(
  { chosen }: Pick<Attribution, 'chosen'>,
  compare: Comparer,
  arm: string,
): string | undefined {
  const lost = compare.diverged(arm);
  if (lost !== undefined) return `diverged in ${lost.runs} of ${lost.of} runs`;
  const choice = chosen.find((one) => one.arm === arm);
  return choice !== undefined && choice.point === undefined ? 'diverged at every point of the grid' : undefined;
}

/** A warning for each arm that diverged where it is reported. */
export function divergenceWarnings(result: Pick<Attribution, 'chosen' | 'arms'>, compare: Comparer): string[] {
  return result.arms.flatMap(({ name }) => {
    const text = divergenceText(result, compare, name);
    return text === undefined
      ? []
      : [`${name} ${text}: it has no figures, since the runs that did not diverge are no fair sample.`];
  });
}
