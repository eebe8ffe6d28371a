import type { Rng } from '@bioscan/core';
import { reverseComplement } from './alphabet.js';

export interface Augmentation {
  /** Draw a frame offset from [0, k) for each barcode, as upstream does in training. Default true. */
  readonly offset?: boolean;
  /** Probability of reading the other strand; upstream has none. Default 0. */
  readonly reverseComplement?: number;
}

/** Barcodes and frame offsets as drawn. Without `offset` all offsets are 0. */
export function augment(
  barcodes: readonly string[],
  k: number,
  { offset = true, reverseComplement: flip = 0 }: Augmentation,
  rng: Rng,
): { readonly sequences: readonly string[]; readonly offsets: readonly number[] } {
  const offsets = barcodes.map(() => (offset ? rng.integer(k) : 0));
  const sequences =
    flip > 0 ? barcodes.map((text) => (rng.uniform() < flip ? reverseComplement(text) : text)) : barcodes;
  return { sequences, offsets };
}

export const noAugmentation: Augmentation = { offset: false, reverseComplement: 0 };
