import type { Metric, Rng } from '@bioscan/core';
import { detectableShift, kolmogorovSmirnovTest, wilsonInterval, type TwoSampleTest } from '@bioscan/eval';
import type { EncoderPrecision, Identification, PhotoLikeness } from '@bioscan/identify';

/** Whether a pilot's photos look to the identifier as its validation photos did. */
export interface ShiftVerdict {
  /** Too few photos on either side, or validation photos were never seen by the encoder of this precision: nothing can be told. */
  readonly verdict: 'shifted' | 'no shift seen' | 'too few photos to tell' | 'cannot be told';
  readonly photos: number;
  readonly validationPhotos: number;
  /** Of similarities to the nearest key, and of the gate's p-values. */
  readonly similarity?: TwoSampleTest;
  readonly gate?: TwoSampleTest;
  /** Mean similarity to the nearest key, less that of validation photos. */
  readonly similarityChange?: number;
  /** Share of photos called unlike the training photos. */
  readonly unlike: Metric;
  /** What was found, and what this many photos could have found. */
  readonly sentences: readonly string[];
}

/** Fewer photos than this say nothing of a distribution. */
const least = 8;

/** What a pilot's photos are held against. */
export interface ShiftReference {
  readonly precision: EncoderPrecision;
  /** Of validation photos by the encoder of that precision. Absent: not measured. */
  readonly validation?: PhotoLikeness;
  readonly shiftOf: (modality: 'image' | 'dna') => number;
}

/** Holds a pilot's photos against the validation photos by two Kolmogorov-Smirnov tests at 5 % together (Bonferroni). */
export function shiftVerdict(
  identifications: readonly Identification[],
  { precision, validation, shiftOf }: ShiftReference,
  rng: Rng,
): ShiftVerdict {
  const photos = identifications.length;
  const unlike = unlikeShare(identifications);
  if (validation === undefined) {
    const sentence = `Shift cannot be told: the identifier does not hold how validation photos look to its ${precision} encoder; run the pilot at float32, or export the identifier again.`;
    return { verdict: 'cannot be told', photos, validationPhotos: 0, unlike, sentences: [sentence] };
  }
  const validationPhotos = validation.similarities.length;
  if (photos < least || validationPhotos < least) {
    const sentence = `Too few photos to tell a shift: ${photos} against ${validationPhotos} validation photos, at least ${least} each are needed.`;
    return { verdict: 'too few photos to tell', photos, validationPhotos, unlike, sentences: [sentence] };
  }
  // Rounded as stored: the first key carries its modality's shift.
  const similarities = identifications.map(({ nearest: [near] }) =>
    near === undefined ? -1 : near.similarity + shiftOf(near.modality),
  );
  const similarity = kolmogorovSmirnovTest(similarities, validation.similarities, { rng: rng.split('similarity') });
  const gate = kolmogorovSmirnovTest(
    identifications.map(({ unlike: { pValue } }) => pValue),
    validation.pValues,
    { rng: rng.split('gate') },
  );
  const similarityChange = mean(similarities) - mean(validation.similarities);
  const shifted = Math.min(similarity.pValue, gate.pValue) < 0.025;
  const detectable = detectableShift(validation.similarities, photos, { rng: rng.split('power'), level: 0.025 });
  return {
    verdict: shifted ? 'shifted' : 'no shift seen',
    photos,
    validationPhotos,
    similarity,
    gate,
    similarityChange,
    unlike,
    sentences: [finding(shifted, similarityChange, unlike), power(photos, detectable)],
  };
}

function unlikeShare(identifications: readonly Identification[]): Metric {
  const count = identifications.length;
  const called = identifications.filter(({ unlike }) => unlike.verdict).length;
  const interval = wilsonInterval(called, count, 'photos');
  return { name: 'called unlike', value: called / count, count, ...(interval === undefined ? {} : { interval }) };
}

function finding(shifted: boolean, change: number, unlike: Metric): string {
  const called = `the gate calls ${shareText(unlike)} of them unlike the training photos`;
  if (!shifted)
    return `No shift seen: similarities to the references and p-values of the gate are spread as those of validation photos; ${called}.`;
  const way = change < 0 ? 'further from' : 'nearer to';
  return `Shifted: these photos are spread otherwise than validation photos, on average ${way} the references (another set-up or other taxa); ${called}. Confidence may not hold; trust the accuracies measured here.`;
}

/** `72 % [56, 84]`, with the interval where there is one. */
export function shareText({ value, interval }: Pick<Metric, 'value' | 'interval'>): string {
  const percent = (share: number): string => (100 * share).toFixed(0);
  return interval === undefined
    ? `${percent(value)} %`
    : `${percent(value)} % [${percent(interval.low)}, ${percent(interval.high)}]`;
}

function power(photos: number, detectable: number | undefined): string {
  const size = detectable === undefined ? 'even of 3' : `below ${detectable.toFixed(1)}`;
  return `With ${photos} photos a drop of similarity ${size} standard deviations would be missed more often than 1 time in 5; a change that leaves the vectors where they are is never seen.`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
