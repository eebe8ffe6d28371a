import { noncentralTTail, studentTQuantile } from './student-t.js';

/** A paired comparison before or after it was made: what it rests on. */
export interface PairedDesign {
  /** Pairs: worlds, or seeds. */
  readonly pairs: number;
  /** Standard deviation of the paired differences. */
  readonly deviation: number;
  /** Of the interval. Default 0.95. */
  readonly level?: number;
}

/** Chance that the two-sided paired t interval leaves 0 out when the true mean difference is `gain` (noncentral t; Student 1908, Cohen 1988). */
export function pairedPower(gain: number, { pairs, deviation, level = 0.95 }: PairedDesign): number {
  const degrees = checkedDegrees(pairs);
  if (deviation === 0) return gain === 0 ? 1 - level : 1;
  const critical = studentTQuantile((1 + level) / 2, degrees);
  const shift = (Math.abs(gain) / deviation) * Math.sqrt(pairs);
  return noncentralTTail(critical, degrees, shift) + noncentralTTail(critical, degrees, -shift);
}

/** The smallest true mean difference that such an interval tells from 0 with the wanted power; same unit as the deviation. */
export function detectableGain(design: PairedDesign, power = 0.8): number {
  const { level = 0.95, deviation } = design;
  if (!(power > 1 - level && power < 1)) {
    throw new RangeError(`align: power, got ${power}, expected above ${(1 - level).toPrecision(2)} and below 1`);
  }
  if (deviation === 0) return 0;
  let [low, high] = [0, deviation];
  while (pairedPower(high, design) < power) [low, high] = [high, 2 * high];
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (pairedPower(middle, design) < power) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The pairs that are needed for a gain to be seen with the wanted power; Infinity beyond `most`. */
export function pairsNeeded(gain: number, { deviation, level }: Omit<PairedDesign, 'pairs'>, power = 0.8): number {
  const most = 1000;
  for (let pairs = 2; pairs <= most; pairs++) {
    if (pairedPower(gain, { pairs, deviation, ...(level === undefined ? {} : { level }) }) >= power) return pairs;
  }
  return Infinity;
}

function checkedDegrees(pairs: number): number {
  if (Number.isInteger(pairs) && pairs >= 2) return pairs - 1;
  throw new RangeError(`align: paired power, got ${pairs} pairs, expected 2 or more`);
}
