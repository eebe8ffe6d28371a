import type { Rng } from '@bioscan/core';
import type { Tower } from '@bioscan/graph';

export interface FragmentOptions {
  /** Letters of a fragment, drawn evenly; barcodes that are shorter are taken whole. Default 200. */
  readonly shortest?: number;
  /** Default 500. */
  readonly longest?: number;
}

/**
 * A tower of barcodes that sees a random stretch of each in training, and all of it at inference: two views of one barcode for a
 * contrast of DNA alone.
 * @example
 * const dna = { tower: fragments(barcodeBert({ k: 4, layers: 4, heads: 4 })), views: 2 };
 */
export function fragments(base: Tower<string>, options: FragmentOptions = {}): Tower<string> {
  const { shortest = 200, longest = 500 } = options;
  checkLengths(shortest, longest);
  return {
    ...base,
    collate: (batch, rng) =>
      base.collate(rng === undefined ? batch : batch.map((barcode) => fragment(barcode, shortest, longest, rng)), rng),
    build: (graph, inputs) => base.build(graph, inputs),
  };
}

/** A stretch of a barcode. */
export function fragment(barcode: string, shortest: number, longest: number, rng: Rng): string {
  const length = Math.min(barcode.length, shortest + rng.integer(longest - shortest + 1));
  const start = rng.integer(barcode.length - length + 1);
  return barcode.slice(start, start + length);
}

/** @throws RangeError unless 1 <= shortest <= longest, whole */
export function checkLengths(shortest: number, longest: number): void {
  if (Number.isInteger(shortest) && Number.isInteger(longest) && shortest >= 1 && longest >= shortest) return;
  throw new RangeError(`dna: fragments of ${shortest} to ${longest} letters, expected 1 <= shortest <= longest`);
}
