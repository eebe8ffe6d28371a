import type { Metric, Rng } from '@bioscan/core';
import { quantile } from '../estimate.js';
import { wilsonInterval } from './wilson-interval.js';

const draws = 1000;

/**
 * The share of photos that something holds for, with a 95 % interval by drawing units (species, plates) with all their photos. Where it holds
 * for none or all, no draw differs: Wilson's interval over units then. Without photos the value is NaN.
 */
export function shareByUnit(
  name: string,
  holds: readonly boolean[],
  units: readonly string[],
  { rng, unit }: { readonly rng: Rng; readonly unit: string },
): Metric {
  const tally = new Map<string, { right: number; count: number }>();
  for (const [i, held] of holds.entries()) {
    const key = units[i] as string;
    const one = tally.get(key) ?? { right: 0, count: 0 };
    tally.set(key, { right: one.right + Number(held), count: one.count + 1 });
  }
  const all = [...tally.values()];
  const right = holds.filter(Boolean).length;
  const value = right / holds.length;
  const metric = { name, value, count: holds.length };
  if (all.length < 2) return metric;
  if (right === 0 || right === holds.length) {
    const interval = wilsonInterval(right === 0 ? 0 : all.length, all.length, unit);
    return interval === undefined ? metric : { ...metric, interval };
  }
  const shares = Float64Array.from({ length: draws }, () => {
    let [held, count] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      const one = all[rng.integer(all.length)] as { right: number; count: number };
      held += one.right;
      count += one.count;
    }
    return held / count;
  }).sort();
  return { ...metric, interval: { low: quantile(shares, 0.025), high: quantile(shares, 0.975), level: 0.95, unit } };
}
