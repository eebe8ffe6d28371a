/** A group of predictions of about equal confidence. */
export interface ReliabilityBin {
  readonly confidence: number;
  /** Share right. */
  readonly accuracy: number;
  /** Weight, which is the number of predictions where no weights were given. */
  readonly weight: number;
}

/** How far confidence is from the share right. */
export interface Reliability {
  /** Expected calibration error: mean |confidence - accuracy| over bins, by weight. */
  readonly expectedCalibrationError: number;
  /** By rising confidence; equal mass, empty ones left out. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Reliability in bins of equal mass: predictions in order of confidence, cut where their cumulated weight passes a `bins`-th of the whole.
 * A prediction belongs to the bin in which the middle of its weight lies. NaN without predictions.
 */
export function reliability(
  confidence: readonly number[],
  right: readonly boolean[],
  { bins = 10, weights }: { readonly bins?: number; readonly weights?: readonly number[] } = {},
): Reliability {
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`eval: bins, got ${bins}, expected 1 or more`);
  if (confidence.length !== right.length) throw new TypeError('eval: reliability needs as many confidences as answers');
  const order = confidence.map((_, i) => i).sort((a, b) => (confidence[a] as number) - (confidence[b] as number));
  const total = order.reduce((sum, i) => sum + (weights?.[i] ?? 1), 0);
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0, weight: 0 }));
  let before = 0;
  for (const i of order) {
    const weight = weights?.[i] ?? 1;
    const bin = sums[Math.min(bins - 1, Math.floor((bins * (before + weight / 2)) / total))] as (typeof sums)[number];
    bin.confidence += weight * (confidence[i] as number);
    bin.right += right[i] === true ? weight : 0;
    bin.weight += weight;
    before += weight;
  }
  const filled = sums
    .filter(({ weight }) => weight > 0)
    .map((bin) => ({ confidence: bin.confidence / bin.weight, accuracy: bin.right / bin.weight, weight: bin.weight }));
  const error = filled.reduce((sum, bin) => sum + bin.weight * Math.abs(bin.confidence - bin.accuracy), 0);
  return { expectedCalibrationError: error / total, bins: filled };
}

/** Probabilities of the possible answers to one question, and which was true. */
export interface ScoredDistribution {
  readonly probabilities: readonly number[];
  /** Position of the true answer. */
  readonly truth: number;
}

/** Proper scores, lower is better. */
export interface ProperScores {
  /** Mean -ln(probability of the truth); probabilities are held above 1e-9. */
  readonly negativeLogLikelihood: number;
  /** Mean sum of squared differences over all answers: 0 to 2. */
  readonly brier: number;
}

/** Negative log likelihood and the multi-class Brier score (Brier 1950, not halved). NaN without distributions. */
export function properScores(rows: readonly ScoredDistribution[], weights?: readonly number[]): ProperScores {
  let [loss, squares, total] = [0, 0, 0];
  rows.forEach(({ probabilities, truth }, i) => {
    const weight = weights?.[i] ?? 1;
    loss -= weight * Math.log(Math.max(probabilities[truth] ?? 0, 1e-9));
    squares += weight * probabilities.reduce((sum, p, at) => sum + (p - (at === truth ? 1 : 0)) ** 2, 0);
    total += weight;
  });
  return { negativeLogLikelihood: loss / total, brier: squares / total };
}
