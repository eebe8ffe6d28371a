import type { SpeciesGap } from './barcode-gap.js';

/** What one distance threshold for all species does to them. */
export interface ThresholdCount {
  readonly threshold: number;
  /** Species with a defined gap. */
  readonly species: number;
  /** All of it within the threshold, every other species beyond. */
  readonly delimited: number;
  /** Split: some of it lies farther apart than the threshold. */
  readonly split: number;
  /** Lumped: another species lies within the threshold. */
  readonly lumped: number;
}

/** Counts what a global threshold does; a species can be split and lumped. Species without a defined gap are left out. */
export function thresholdCount(gaps: readonly SpeciesGap[], threshold: number): ThresholdCount {
  const defined = gaps.flatMap(({ largestWithin, nearestOther }) =>
    largestWithin === undefined || nearestOther === undefined ? [] : [[largestWithin, nearestOther.distance] as const],
  );
  const split = defined.filter(([within]) => within > threshold).length;
  const lumped = defined.filter(([, other]) => other <= threshold).length;
  const delimited = defined.filter(([within, other]) => within <= threshold && other > threshold).length;
  return { threshold, species: defined.length, delimited, split, lumped };
}

/** The threshold that delimits most species, the smallest of equal ones; undefined when no gap is defined. O(n log n). */
export function globalThreshold(gaps: readonly SpeciesGap[]): ThresholdCount | undefined {
  // A species is delimited by thresholds from its largest distance up to, not including, its nearest other.
  const events = gaps.flatMap(({ largestWithin, nearestOther }) =>
    largestWithin === undefined || nearestOther === undefined || nearestOther.distance <= largestWithin
      ? []
      : [
          { at: largestWithin, step: 1 },
          { at: nearestOther.distance, step: -1 },
        ],
  );
  events.sort((a, b) => a.at - b.at || a.step - b.step);
  let open = 0;
  let most = 0;
  let best: number | undefined;
  for (const { at, step } of events) {
    open += step;
    if (open > most) [most, best] = [open, at];
  }
  if (best !== undefined) return thresholdCount(gaps, best);
  const anyDefined = gaps.some(({ gap }) => gap !== undefined);
  return anyDefined ? thresholdCount(gaps, 0) : undefined;
}
