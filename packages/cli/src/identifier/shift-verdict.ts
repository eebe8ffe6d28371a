import type { Metric, Rng } from '@bioscan/core';
import { detectableShift, kolmogorovSmirnovTest, wilsonInterval, type TwoSampleTest } from '@bioscan/eval';
import type { Identification, IdentifierCalibration } from '@bioscan/identify';

/** Whether a pilot's photos look to the identifier as its validation photos did. */
export interface ShiftVerdict {
  /** `unknown`: too few photos on either side. */
  readonly verdict: 'shifted' | 'no shift seen' | 'unknown';
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

/** Holds a pilot's photos against the validation photos by two Kolmogorov-Smirnov tests at 5 % together (Bonferroni). */
export function shiftVerdict(
  identifications: readonly Identification[],
  validation: IdentifierCalibration['validation'],
  shiftOf: (modality: 'image' | 'dna') => number,
  rng: Rng,
): ShiftVerdict {
  const photos = identifications.length;
  const validationPhotos = validation.similarities.length;
  const unlike = unlikeShare(identifications);
  if (photos < least || validationPhotos < least) {
    const sentence = `${photos} photos against ${validationPhotos} validation photos: too few to tell a shift (at least ${least} each).`;
    return { verdict: 'unknown', photos, validationPhotos, unlike, sentences: [sentence] };
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
    sentences: [finding(shifted, similarityChange), power(photos, detectable)],
  };
}

function unlikeShare(identifications: readonly Identification[]): Metric {
  const count = identifications.length;
  const called = identifications.filter(({ unlike }) => unlike.verdict).length;
  const interval = wilsonInterval(called, count, 'photos');
  return { name: 'called unlike', value: called / count, count, ...(interval === undefined ? {} : { interval }) };
}

function finding(shifted: boolean, change: number): string {
  if (!shifted)
    return 'No shift seen: similarities to the references and p-values of the gate are spread as those of validation photos.';
  const way = change < 0 ? 'further from' : 'nearer to';
  return `Shifted: these photos are spread otherwise than validation photos, on average ${way} the references: another set-up or other taxa. Confidence may not hold; trust the accuracies measured here.`;
}

function power(photos: number, detectable: number | undefined): string {
  const size = detectable === undefined ? 'even of 3' : `below ${detectable.toFixed(1)}`;
  return `With ${photos} photos a drop of similarity ${size} standard deviations would be missed more often than 1 time in 5; a change that leaves the vectors where they are is never seen.`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
