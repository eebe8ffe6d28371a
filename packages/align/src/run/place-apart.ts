import type { Rng } from '@bioscan/core';

/**
 * `count` batches in which no two rows come from one group. Rows go to the batches that hold fewest, so that sizes differ by one at
 * most; of a group with more rows than batches a random `count` are placed.
 */
export function placeApart(
  groups: readonly (readonly number[])[],
  count: number,
  random: Rng,
): readonly (readonly number[])[] {
  const batches: number[][] = Array.from({ length: count }, () => []);
  // Batches in the order in which they take the next row: a batch that took one stands behind all that did not.
  let queue = random.shuffle(batches.map((_, i) => i));
  let at = 0;
  for (const group of random.shuffle([...groups])) {
    for (const row of random.shuffle([...group]).slice(0, count)) {
      if (at === count) {
        queue = nextRound(queue, group, batches, random);
        at = 0;
      }
      (batches[queue[at] as number] as number[]).push(row);
      at++;
    }
  }
  return batches.map((batch) => random.shuffle(batch));
}

/** A new order of the batches; those that hold a row of the group go last, so that its remaining rows do not meet them. */
function nextRound(
  queue: readonly number[],
  group: readonly number[],
  batches: readonly (readonly number[])[],
  random: Rng,
): number[] {
  const members = new Set(group);
  const order = random.shuffle([...queue]);
  const taken = (batch: number): boolean => members.has(batches[batch]?.at(-1) ?? -1);
  return [...order.filter((batch) => !taken(batch)), ...order.filter(taken)];
}
