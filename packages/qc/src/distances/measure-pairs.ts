import {
  baseCodes,
  damerauRestricted,
  damerauRestrictedPairs,
  levenshtein,
  semiGlobalDistance,
  type BaseCodes,
} from '@bioscan/dna/distance';
import { tallyOf, type Tally } from './tally.js';

/**
 * How two barcodes are compared. `p` (default) and `k2p`: a site, over their semi-global overlap. `levenshtein` and `damerau` (restricted): edits,
 * between barcodes of one length. `paper`: restricted Damerau of barcodes cut or padded to one length.
 */
export type DistanceMeasure = 'p' | 'k2p' | 'levenshtein' | 'damerau' | 'paper';

export const distanceMeasures: readonly DistanceMeasure[] = ['p', 'k2p', 'levenshtein', 'damerau', 'paper'];

/** A piece of work: rows `from` to `to` of a list, each with all after it; or pairs, one by one. */
export type PairWork =
  | { readonly barcodes: readonly string[]; readonly from: number; readonly to: number }
  | { readonly first: readonly string[]; readonly second: readonly string[] };

export interface PairTask {
  readonly measure: DistanceMeasure;
  readonly work: readonly PairWork[];
}

/** What a piece of work found. Saturated and incomparable pairs have no distance and are only counted. */
export interface PairResult {
  readonly tally: Tally;
  /** Pairs whose K2P has no value. */
  readonly saturated: number;
  /** Pairs that overlap in fewer than 300 sites. */
  readonly incomparable: number;
  /** The pair farthest apart: positions in the list, or twice the position of the pair. */
  readonly farthest: readonly [number, number] | undefined;
}

/** Compares pairs; the task of a {@link Pool}'s worker, and what runs in place without one. */
export function measurePairs({ measure, work }: PairTask): PairResult[] {
  return work.map((piece) => {
    const collect = new Collector();
    if ('barcodes' in piece) compareRows(measure, piece, collect);
    else comparePairs(measure, piece, collect);
    return collect.result();
  });
}

class Collector {
  readonly #values: number[] = [];
  #saturated = 0;
  #incomparable = 0;
  #largest = -1;
  #farthest: [number, number] | undefined;

  add(a: number, b: number, distance: number): void {
    this.#values.push(distance);
    if (distance <= this.#largest) return;
    this.#largest = distance;
    this.#farthest = [a, b];
  }

  overlap(a: number, b: number, one: BaseCodes, other: BaseCodes, k2p: boolean): void {
    const comparison = semiGlobalDistance(one, other);
    if (!comparison.comparable) this.#incomparable++;
    else if (!k2p) this.add(a, b, comparison.pDistance);
    else if (comparison.k2p === undefined) this.#saturated++;
    else this.add(a, b, comparison.k2p);
  }

  result(): PairResult {
    return {
      tally: tallyOf(this.#values),
      saturated: this.#saturated,
      incomparable: this.#incomparable,
      farthest: this.#farthest,
    };
  }
}

type Rows = Extract<PairWork, { barcodes: unknown }>;
type Pairs = Extract<PairWork, { first: unknown }>;

function compareRows(measure: DistanceMeasure, { barcodes, from, to }: Rows, collect: Collector): void {
  switch (measure) {
    case 'p':
    case 'k2p': {
      const codes = barcodes.map((barcode, i) => (i < from ? undefined : baseCodes(barcode)));
      eachPair(from, to, barcodes.length, (i, j) => {
        collect.overlap(i, j, codes[i] as BaseCodes, codes[j] as BaseCodes, measure === 'k2p');
      });
      return;
    }
    case 'levenshtein':
      eachPair(from, to, barcodes.length, (i, j) => {
        collect.add(i, j, levenshtein(barcodes[i] as string, barcodes[j] as string));
      });
      return;
    case 'damerau':
    case 'paper': {
      // Barcodes come cut and padded.
      const distances = damerauRestrictedPairs(barcodes, { from, to });
      let at = 0;
      eachPair(from, to, barcodes.length, (i, j) => {
        collect.add(i, j, distances[at++] as number);
      });
      return;
    }
    default:
      measure satisfies never;
  }
}

function eachPair(from: number, to: number, n: number, see: (i: number, j: number) => void): void {
  for (let i = from; i < to; i++) for (let j = i + 1; j < n; j++) see(i, j);
}

function comparePairs(measure: DistanceMeasure, { first, second }: Pairs, collect: Collector): void {
  first.forEach((a, i) => {
    const b = second[i] as string;
    const [left, right] = [2 * i, 2 * i + 1];
    if (measure === 'p' || measure === 'k2p')
      collect.overlap(left, right, baseCodes(a), baseCodes(b), measure === 'k2p');
    else collect.add(left, right, measure === 'levenshtein' ? levenshtein(a, b) : damerauRestricted(a, b));
  });
}
