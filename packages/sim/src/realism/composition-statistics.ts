import type { Rng } from '@bioscan/core';
import { groupBy, randomPairs, sample, type CleanBarcode } from './barcode-sample.js';
import { ascending, mean, type BarcodeStatistics } from './summaries.js';

/** Composition by codon position, transitions against transversions, and how far third positions are worn out between families. */
export function compositionStatistics(barcodes: readonly CleanBarcode[], random: Rng): BarcodeStatistics {
  const congeners = pairsWithin(barcodes, 'genus', 'species', random.split('congeners'));
  const strangers = pairsWithin(barcodes, 'order', 'family', random.split('strangers'));
  const thirds = strangers.map((pair) => compare(pair).third / 220);
  return {
    values: {
      'AT at first positions': shareOfAT(barcodes, 1),
      'AT at second positions': shareOfAT(barcodes, 2),
      'AT at third positions': shareOfAT(barcodes, 0),
      'transitions / transversions, congeners': transitionRatio(congeners),
      'transitions / transversions, between families': transitionRatio(strangers),
      'third positions that differ, congeners': mean(congeners.map((pair) => compare(pair).third / 220)),
      'third positions that differ, between families': mean(thirds),
      'first and second positions that differ, congeners': mean(congeners.map((pair) => compare(pair).other / 438)),
      'first and second positions that differ, between families': mean(
        strangers.map((pair) => compare(pair).other / 438),
      ),
    },
    samples: {
      'differing sites of congeners %': ascending(congeners.map((pair) => compare(pair).share * 100)),
      'differing third positions between families %': ascending(thirds.map((share) => share * 100)),
    },
  };
}

type Pair = readonly [CleanBarcode, CleanBarcode];

/** Up to 40 pairs of each group that differ at the finer rank, at most 4,000 in all. */
function pairsWithin(
  barcodes: readonly CleanBarcode[],
  group: 'genus' | 'order',
  differing: 'species' | 'family',
  random: Rng,
): Pair[] {
  const groups = [...groupBy(barcodes, (barcode) => barcode[group]).values()];
  const each = group === 'order' ? 1000 : 40;
  const pairs = groups.flatMap((members) =>
    randomPairs(members, 4 * each, random)
      .filter(([a, b]) => a[differing] !== b[differing])
      .slice(0, each),
  );
  return sample(pairs, 4000, random);
}

function shareOfAT(barcodes: readonly CleanBarcode[], offset: 0 | 1 | 2): number {
  let found = 0;
  let all = 0;
  for (const { sequence } of barcodes) {
    for (let i = offset; i < sequence.length; i += 3) {
      all++;
      if (sequence[i] === 'A' || sequence[i] === 'T') found++;
    }
  }
  return found / all;
}

function transitionRatio(pairs: readonly Pair[]): number {
  let transitions = 0;
  let transversions = 0;
  for (const pair of pairs) {
    const seen = compare(pair);
    transitions += seen.transitions;
    transversions += seen.transversions;
  }
  return transitions / transversions;
}

const transitionPairs = new Set(['AG', 'GA', 'CT', 'TC']);

interface Comparison {
  readonly third: number;
  readonly other: number;
  readonly transitions: number;
  readonly transversions: number;
  readonly share: number;
}

/** Differing sites by codon position and kind; the region starts at a third position. */
function compare([a, b]: Pair): Comparison {
  let third = 0;
  let transitions = 0;
  let all = 0;
  for (let i = 0; i < a.sequence.length; i++) {
    if (a.sequence[i] === b.sequence[i]) continue;
    all++;
    if (i % 3 === 0) third++;
    if (transitionPairs.has(`${a.sequence[i] ?? ''}${b.sequence[i] ?? ''}`)) transitions++;
  }
  return { third, other: all - third, transitions, transversions: all - transitions, share: all / a.sequence.length };
}
