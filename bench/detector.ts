import { rng, type BoundingBox } from '@bioscan/core';
import { classicalDetector, type Detection } from '@bioscan/vision';
import { labelledPhotos } from './detector-photos.js';

export interface DetectorBenchRow {
  readonly photos: string;
  readonly n: number;
  readonly 'mean IoU': string;
  readonly '>= 0.5': string;
  readonly '>= 0.75': string;
  readonly 'best of all boxes': string;
  readonly 'median ms': string;
}

interface Scored {
  readonly overlap: number;
  /** Best overlap of any box that the detector names, its main one or another. */
  readonly best: number;
  readonly milliseconds: number;
  readonly maskOverlap?: number;
}

/**
 * The classical detector on the real photos, by half; the settings were chosen on the tuning half only. Means with 95 % bootstrap intervals over photos.
 * Strict: the detector's one box against the one that was drawn. Best of all boxes: also what it names as other specimens.
 */
export async function detectorBench(root: string): Promise<{ boxes: DetectorBenchRow[]; masks: object[] }> {
  const detector = classicalDetector();
  const scored = new Map<string, Scored[]>();
  for (const photo of await labelledPhotos(root)) {
    const { picture, mask } = await photo.open();
    const start = performance.now();
    const detection = detector.detect(picture);
    const milliseconds = performance.now() - start;
    const row = score(detection, photo.box, milliseconds, mask);
    const key = `${photo.set}, ${photo.half} half`;
    scored.set(key, [...(scored.get(key) ?? []), row]);
  }
  const keys = [...scored.keys()].sort();
  const masks = keys.flatMap((key) => {
    const overlaps = (scored.get(key) ?? []).flatMap(({ maskOverlap }) => maskOverlap ?? []);
    return overlaps.length === 0 ? [] : [{ masks: key, n: overlaps.length, 'mean IoU': meanText(overlaps) }];
  });
  return { boxes: keys.map((key) => summary(key, scored.get(key) ?? [])), masks };
}

function score(
  { box, others, mask }: Detection,
  truth: BoundingBox,
  milliseconds: number,
  trueMask: Uint8Array | undefined,
): Scored {
  const overlap = boxOverlap(box, truth);
  const best = Math.max(overlap, ...others.map((other) => boxOverlap(other, truth)));
  if (trueMask === undefined) return { overlap, best, milliseconds };
  return { overlap, best, milliseconds, maskOverlap: maskOverlap(mask?.data, trueMask) };
}

/** Area of the intersection by area of the union. */
export function boxOverlap(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / ((a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - both);
}

function maskOverlap(found: Uint8Array | undefined, truth: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < truth.length; i++) {
    const marked = found?.[i] === 1;
    if (marked && truth[i] === 1) both++;
    if (marked || truth[i] === 1) either++;
  }
  return both / either;
}

function summary(photos: string, rows: readonly Scored[]): DetectorBenchRow {
  const overlaps = rows.map(({ overlap }) => overlap);
  const times = rows.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    photos,
    n: rows.length,
    'mean IoU': meanText(overlaps),
    '>= 0.5': meanText(overlaps.map((overlap) => (overlap >= 0.5 ? 1 : 0))),
    '>= 0.75': meanText(overlaps.map((overlap) => (overlap >= 0.75 ? 1 : 0))),
    'best of all boxes': meanText(rows.map(({ best }) => best)),
    'median ms': (times[times.length >> 1] ?? Number.NaN).toFixed(0),
  };
}

/** Mean and its 95 % percentile bootstrap interval over 2,000 resamples of photos. */
function meanText(values: readonly number[]): string {
  const random = rng(1).split('detector bench');
  const means = Array.from({ length: 2000 }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integer(values.length)] ?? 0;
    return sum / values.length;
  }).sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${mean.toFixed(2)} [${(means[50] ?? 0).toFixed(2)}, ${(means[1949] ?? 0).toFixed(2)}]`;
}
