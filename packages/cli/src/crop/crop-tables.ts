import type { Store } from '@bioscan/core';
import type { CroppedPhoto, PhotoOutcome, RejectedPhoto } from './crop-journal.js';

/** True for a photo that became a crop. */
export function isCropped(outcome: PhotoOutcome): outcome is CroppedPhoto {
  return 'box' in outcome;
}

/** Writes `measurements.tsv` and `rejects.tsv`, each whole or not at all. */
export async function writeCropTables(
  store: Store,
  cropped: readonly CroppedPhoto[],
  rejected: readonly RejectedPhoto[],
): Promise<void> {
  const measurements = cropped.map(({ processId, photo, confidence, flags, measures }) => [
    processId,
    photo,
    confidence.toFixed(3),
    flags.join(' '),
    measures.maskPixels?.toString() ?? '',
    measures.areaFraction.toFixed(4),
    measures.scaleFactor.toFixed(4),
    measures.widthMillimetres.toFixed(3),
    measures.heightMillimetres.toFixed(3),
    measures.areaSquareMillimetres?.toFixed(4) ?? '',
  ]);
  await store.write('measurements.tsv', table(measurementColumns, measurements));
  const rejects = rejected.map(({ photo, reason, message }) => [photo, reason, message]);
  await store.write('rejects.tsv', table(['photo', 'reason', 'message'], rejects));
}

const measurementColumns = [
  'processid',
  'photo',
  'confidence',
  'flags',
  'image_measurement_value',
  'area_fraction',
  'scale_factor',
  'width_mm',
  'height_mm',
  'area_mm2',
];

function table(header: readonly string[], rows: readonly (readonly string[])[]): Uint8Array {
  const lines = [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll(/\s/gu, ' ')).join('\t'));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}
