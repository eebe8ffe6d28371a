import type { Metric } from '@bioscan/core';
import type { Attribution } from './attribution.js';
import type { Comparison } from './compare.js';

/** A comparison as a metric of a report. */
export function metric(
  name: string,
  comparison: Comparison | undefined,
  { subjects }: Pick<Attribution, 'subjects'>,
): Metric | string {
  if (comparison === undefined) return '–';
  const { value, interval, values } = comparison;
  return { name, value, count: subjects.length, seeds: values, ...(interval === undefined ? {} : { interval }) };
}
