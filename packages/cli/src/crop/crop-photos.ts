import { join } from 'node:path';
import { boxSize, isBioscanError, throwIfCancelled, type Picture, type Progress, type Store } from '@bioscan/core';
import { writeBoundingBoxes } from '@bioscan/data';
import { cropSpecimen, measureSpecimen, type CropOptions, type Detector } from '@bioscan/vision';
import { decodePicture, encodePicture } from '@bioscan/vision/node';
import { openCropJournal, type CropJournal, type PhotoOutcome, type RejectedPhoto } from './crop-journal.js';
import { isCropped, writeCropTables } from './crop-tables.js';
import { listPhotos, processIdOf } from './list-photos.js';

export interface CropPhotosOptions {
  readonly detector: Detector;
  readonly crop: CropOptions;
  /** Below it a photo is set aside instead of cropped. */
  readonly confidence: number;
  /** Of the JPEG files, 1 to 100. */
  readonly quality: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress, remark: string) => void;
}

export interface CropSummary {
  readonly photos: number;
  readonly cropped: number;
  readonly rejected: number;
  /** How many were done by an earlier run. */
  readonly skipped: number;
  readonly flags: Readonly<Record<string, number>>;
}

/**
 * Crops the photos of a folder into `<out>/crops/<process id>.jpg` and writes `boxes.tsv`, `measurements.tsv` and `rejects.tsv` there.
 * What an earlier run with the same settings did is skipped; a cancelled run leaves tables of what is done. Memory: two photos.
 */
export async function cropPhotos(
  folder: string,
  out: string,
  store: Store,
  options: CropPhotosOptions,
): Promise<CropSummary> {
  const photos = await listPhotos(folder);
  const { detector, crop, confidence, quality } = options;
  const settings = JSON.stringify({ detector: detector.id, crop, confidence, quality });
  const journal = await openCropJournal(store, settings);
  const owners = new Map<string, string>();
  for (const photo of photos) if (!owners.has(processIdOf(photo))) owners.set(processIdOf(photo), photo);
  const skipped = photos.filter((photo) => journal.done.has(photo)).length;
  try {
    await cropAll(folder, photos, owners, store, journal, options);
  } finally {
    await writeTables(out, store, photos, journal);
  }
  return summary(photos, journal, skipped);
}

async function cropAll(
  folder: string,
  photos: readonly string[],
  owners: ReadonlyMap<string, string>,
  store: Store,
  journal: CropJournal,
  options: CropPhotosOptions,
): Promise<void> {
  const todo = photos.filter((photo) => !journal.done.has(photo));
  const before = photos.length - todo.length;
  let rejected = 0;
  // The next photo is decoded while this one is looked at.
  let ahead = todo[0] === undefined ? undefined : opened(folder, todo[0]);
  for (const [i, photo] of todo.entries()) {
    throwIfCancelled(options.signal, 'cli: cropping');
    const current = ahead;
    const next = todo[i + 1];
    ahead = next === undefined ? undefined : opened(folder, next);
    const owner = owners.get(processIdOf(photo));
    const outcome =
      owner === photo
        ? await cropOne(photo, (await current) as Opened, store, options)
        : { photo, reason: 'duplicate', message: `process id ${processIdOf(photo)} is that of ${owner ?? ''}` };
    await current;
    await journal.add(outcome);
    if (!isCropped(outcome)) rejected++;
    options.onProgress?.({ done: before + i + 1, total: photos.length }, rejected === 0 ? '' : `${rejected} set aside`);
  }
}

type Opened = Picture | { readonly error: unknown };

function opened(folder: string, photo: string): Promise<Opened> {
  return decodePicture(join(folder, photo)).catch((error: unknown) => ({ error }));
}

async function cropOne(
  photo: string,
  picture: Opened,
  store: Store,
  { detector, crop, confidence: threshold, quality }: CropPhotosOptions,
): Promise<PhotoOutcome> {
  if ('error' in picture) {
    if (!isBioscanError(picture.error)) throw picture.error;
    return { photo, reason: picture.error.code, message: picture.error.message };
  }
  const detection = await detector.detect(picture);
  const { box, confidence, flags } = detection;
  if (flags.includes('empty')) return reject(photo, 'empty', 'nothing stands out from the background');
  if (confidence < threshold)
    return reject(
      photo,
      'low-confidence',
      `confidence ${confidence.toFixed(3)}, below ${threshold}: another kind of photo?`,
    );
  const processId = processIdOf(photo);
  const bytes = await encodePicture(cropSpecimen(picture, box, crop), { quality });
  await store.write(`crops/${processId}.jpg`, bytes);
  const { width, height } = picture;
  const measures = measureSpecimen(detection, picture);
  return { processId, photo, width, height, box, ...boxSize(box, picture), confidence, flags, measures };
}

function reject(photo: string, reason: string, message: string): RejectedPhoto {
  return { photo, reason, message };
}

async function writeTables(out: string, store: Store, photos: readonly string[], { done }: CropJournal): Promise<void> {
  const outcomes = photos.flatMap((photo) => done.get(photo) ?? []);
  const cropped = outcomes.filter(isCropped);
  const rejected = outcomes.filter((outcome): outcome is RejectedPhoto => !isCropped(outcome));
  await writeCropTables(store, cropped, rejected);
  await writeBoundingBoxes(join(out, 'boxes.tsv'), cropped);
}

function summary(photos: readonly string[], { done }: CropJournal, skipped: number): CropSummary {
  const outcomes = photos.flatMap((photo) => done.get(photo) ?? []);
  const cropped = outcomes.filter(isCropped);
  const flags: Record<string, number> = {};
  for (const flag of cropped.flatMap((outcome) => outcome.flags)) flags[flag] = (flags[flag] ?? 0) + 1;
  return { photos: photos.length, cropped: cropped.length, rejected: outcomes.length - cropped.length, skipped, flags };
}
