import type { Rng } from '@bioscan/core';
import type { WindowClass } from './window-classes.js';

/** A split and how many records of the species it wants. */
export interface Portion {
  readonly split: string;
  readonly records: number;
}

/**
 * Deals the barcodes of one species out. The largest barcode, and all that several species share, stay in `base` (train or keys), so that no
 * species loses its base; the others are taken in random order, each portion until it has what it wants. A barcode that is more than twice as
 * large as what a portion still wants goes on to the next, so that a common haplotype does not fill a test set; what is left joins `base`.
 * @returns the split of each class
 */
export function dealClasses(
  classes: readonly WindowClass[],
  base: string,
  portions: readonly Portion[],
  random: Rng,
): Map<WindowClass, string> {
  const order = random.shuffle([...classes]);
  const largest = order.reduce(
    (most, one) => (one.records.length > most.records.length ? one : most),
    order[0] as WindowClass,
  );
  const dealt = new Map<WindowClass, string>();
  const wanted = portions.map(({ records }) => records);
  for (const one of order) {
    const size = one.records.length;
    const fixed = one.species.length > 1 || one === largest;
    const portion = fixed ? -1 : wanted.findIndex((left) => left > 0 && size <= Math.max(1, 2 * left));
    dealt.set(one, portions[portion]?.split ?? base);
    if (portion >= 0) wanted[portion] = (wanted[portion] as number) - size;
  }
  return dealt;
}
