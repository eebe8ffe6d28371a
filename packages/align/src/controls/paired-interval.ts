import type { Interval } from '@bioscan/core';
import { studentTQuantile } from './student-t.js';

/** A mean of paired differences with its t interval. */
export interface PairedInterval {
  readonly mean: number;
  /** Undefined for one pair: one world says nothing of the next. */
  readonly interval: Interval | undefined;
  readonly deviation: number | undefined;
  readonly degrees: number;
  /** One a pair, in the order given. */
  readonly differences: readonly number[];
}

/** Student-t interval of a mean over independent units: worlds, whose seeds were averaged before. */
export function pairedInterval(differences: readonly number[], unit: string, level = 0.95): PairedInterval {
  const count = differences.length;
  if (count === 0) throw new RangeError('align: paired interval, got no differences, expected at least one');
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, interval: undefined, deviation: undefined, degrees: 0, differences };
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const half = (studentTQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  const interval = { low: mean - half, high: mean + half, level, unit };
  return { mean, interval, deviation, degrees: count - 1, differences };
}
