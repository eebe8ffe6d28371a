import type { Rng } from '@bioscan/core';

/** A two-parameter Chinese restaurant: `discount` (0 to 1) makes the tail long, `strength` the number of groups large. */
export interface Crowding {
  readonly discount: number;
  readonly strength: number;
}

/**
 * Seats `count` items in groups whose sizes have a long tail, as taxa have (Pitman and Yor 1997).
 * @returns the group of each item; groups are numbered in order of appearance
 */
export function crowd(count: number, { discount, strength }: Crowding, random: Rng): number[] {
  const sizes: number[] = [];
  const groups: number[] = [];
  for (let i = 0; i < count; i++) {
    let at = random.uniform() * (i + strength);
    let group = 0;
    for (; group < sizes.length; group++) {
      at -= (sizes[group] as number) - discount;
      if (at < 0) break;
    }
    sizes[group] = (sizes[group] ?? 0) + 1;
    groups.push(group);
  }
  return groups;
}

/** Deals `total` to parts in proportion to `weights`, by largest remainders; each part gets at least `floor`. */
export function apportion(total: number, weights: readonly number[], floor: number): number[] {
  const spare = total - floor * weights.length;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const exact = weights.map((weight) => (spare * weight) / sum);
  const parts = exact.map((share) => floor + Math.floor(share));
  const order = exact.map((share, i) => [share - Math.floor(share), i] as const);
  order.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const missing = total - parts.reduce((all, part) => all + part, 0);
  for (const [, i] of order.slice(0, missing)) parts[i] = (parts[i] as number) + 1;
  return parts;
}
