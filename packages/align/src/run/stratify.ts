import type { Rng } from '@bioscan/core';

/** How batches of two kinds of rows are cut. */
export interface Strata {
  readonly batches: number;
  /** Rows of the rarer kind in each batch that are drawn again and again; undefined: all come once, evenly. */
  readonly repeated: number | undefined;
}

/** Batches for `rare` rows beside `others`, of at most `size` rows, at least `least` of them rare. */
export function planStrata(rare: number, others: number, size: number, least: number): Strata {
  const even = Math.ceil((rare + others) / size);
  if (others === 0 || Math.floor(rare / even) >= least) return { batches: even, repeated: undefined };
  const repeated = Math.min(least, rare);
  return { batches: Math.ceil(others / (size - repeated)), repeated };
}

/**
 * An epoch: each of the others once, in even parts. Rare rows either once too, spread evenly over the batches, or so many a batch from one
 * shuffle after another: each is used as often as any other, give or take one.
 */
export function stratify(
  rare: readonly number[],
  others: readonly number[],
  { batches, repeated }: Strata,
  random: Rng,
): readonly (readonly number[])[] {
  const rest = random.shuffle([...others]);
  const total = rare.length + others.length;
  const draw = repeated === undefined ? undefined : dealer(rare, random);
  const once = random.shuffle([...rare]);
  const cut = (count: number, i: number): number => Math.floor((i * count) / batches);
  return Array.from({ length: batches }, (_, i) => {
    if (draw !== undefined && repeated !== undefined) {
      return random.shuffle([...draw(repeated), ...rest.slice(cut(rest.length, i), cut(rest.length, i + 1))]);
    }
    // Both kinds are cut by the rows before them, so that batches differ by one row at most.
    const [from, to] = [cut(once.length, i), cut(once.length, i + 1)];
    return random.shuffle([...once.slice(from, to), ...rest.slice(cut(total, i) - from, cut(total, i + 1) - to)]);
  });
}

/** Deals rows from one shuffle after another; a hand holds none twice. */
function dealer(rows: readonly number[], random: Rng): (count: number) => readonly number[] {
  let deck = random.shuffle([...rows]);
  return (count) => {
    const hand = deck.slice(0, count);
    deck = deck.slice(count);
    if (hand.length === count) return hand;
    const held = new Set(hand);
    const next = random.shuffle([...rows]);
    const fresh = next.filter((row) => !held.has(row)).slice(0, count - hand.length);
    const taken = new Set(fresh);
    deck = next.filter((row) => !taken.has(row));
    return [...hand, ...fresh];
  };
}
