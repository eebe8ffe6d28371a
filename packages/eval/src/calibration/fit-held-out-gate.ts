import { BioscanError, likenessOfScores, type Tensor, type UnlikeGate } from '@bioscan/core';
import { requireMatrix } from '../matrix.js';
import { requireRate, type FitUnlikeGateOptions } from './fit-unlike-gate.js';
import { drawnRows, fittedPlaces, groupList, scoresAsNew, takenRows, type PhotoGroups } from './gate-places.js';

/** Photos that no gate has seen. */
export interface HeldOutPhotos {
  /** `(n, d)` */
  readonly vectors: Tensor<'float32'>;
  /** All that each shares with training photos, such as its species and its plate. */
  readonly groups: readonly PhotoGroups[];
}

export interface HeldOutGate {
  readonly gate: UnlikeGate;
  /** The p-values of photos as the first of their species and plates. Those of others are `likenessPValues`. */
  readonly asNew: (photos: HeldOutPhotos) => Float64Array;
}

/** With fewer units no photo could be called unlike at a rate of one in twenty. */
export function unitsNeeded(falseAlarmRate: number): number {
  return Math.floor(1 / falseAlarmRate);
}

/**
 * Fits the gate's points and directions on training photos `(n, d)` and its scores on held-out ones, each scored without the training photos
 * of its own groups. Every unit weighs the same, whatever its photos: a photo of a new unit that is like these is called unlike at most at the
 * stated rate, over units drawn alike (Dunn, Wasserman and Ramdas 2023, doi:10.1080/01621459.2022.2060112).
 * @param units what is drawn at random with all its photos: the plate, session or site of each held-out photo, or its species
 * @throws BioscanError `bad-input` with too few units for the rate, or fewer than 20 training photos
 */
export function fitHeldOutGate(
  training: HeldOutPhotos,
  heldOut: HeldOutPhotos & { readonly units: readonly string[] },
  options: Omit<FitUnlikeGateOptions, 'groups' | 'folds'>,
): HeldOutGate {
  const { rng, falseAlarmRate = 0.05, neighbours = 5, most = 2000, axes = 32 } = options;
  const { rows: count, columns: dimension } = requireMatrix(training.vectors);
  requireRate(falseAlarmRate);
  const sizes = new Map<string, number>();
  for (const unit of heldOut.units) sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  if (count < 20 || sizes.size < unitsNeeded(falseAlarmRate)) {
    const what = `got ${count} training photos and ${sizes.size} held-out units, expected at least 20 and ${unitsNeeded(falseAlarmRate)}`;
    throw new BioscanError('bad-input', `eval: gate, ${what} for a rate of ${falseAlarmRate}`, { units: sizes.size });
  }
  const rows = drawnRows(count, most, rng.split('photos'));
  const groups = rows.map((row) => groupList(training.groups[row]));
  // Directions of all training photos: without a plate at a time they made the gate blind to empty dishes.
  const places = fittedPlaces(takenRows(training.vectors, rows), groups, axes);
  const scored = (photos: HeldOutPhotos): number[] =>
    scoresAsNew(places, photos.vectors, photos.groups.map(groupList), neighbours);
  const found = scored(heldOut).map((score, i) => {
    const unit = heldOut.units[i] as string;
    return { score, weight: 1 / (sizes.size + 1) / (sizes.get(unit) as number) };
  });
  found.sort((a, b) => a.score - b.score);
  const scores = Float32Array.from(found, ({ score }) => score);
  const weights = Float32Array.from(found, ({ weight }) => weight);
  const { basis, points } = places;
  return {
    gate: { ...basis, dimension, points, scores, weights, neighbours, falseAlarmRate },
    asNew: (photos) => likenessOfScores({ scores, weights }, scored(photos)),
  };
}
