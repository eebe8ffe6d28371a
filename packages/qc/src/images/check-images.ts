import type { CheckFinding, CheckName } from '../library/check-finding.js';

/** What a detector saw on a record's photo, as plain numbers. */
export interface PhotoMeasure {
  readonly processId: string;
  /** Things that look like a specimen. */
  readonly specimens: number;
  /** Box of the specimen / photo, areas. */
  readonly areaFraction?: number;
  /** The detector's own, in [0, 1]. */
  readonly confidence?: number;
  /** True where the specimen touches the edge. */
  readonly touchesEdge?: boolean;
}

export interface PhotoLimits {
  /** Confidence below which a photo is unclear; default 0.2. */
  readonly confidence?: number;
  /** Area below which it hardly shows anything; default 0.2 %. */
  readonly areaFraction?: number;
}

/** Photos with no specimen, several, one cut off, or one that is hard to make out. */
export function checkImages(photos: Iterable<PhotoMeasure>, limits: PhotoLimits = {}): CheckFinding[] {
  const { confidence: least = 0.2, areaFraction: smallest = 0.002 } = limits;
  const found: CheckFinding[] = [];
  for (const { processId, specimens, areaFraction, confidence, touchesEdge } of photos) {
    const add = (check: CheckName, severity: CheckFinding['severity'], message: string, score: number): void => {
      const evidence = {
        specimens,
        ...(areaFraction === undefined ? {} : { areaFraction }),
        ...(confidence === undefined ? {} : { confidence }),
        score,
      };
      found.push({ check, severity, records: [processId], message, evidence, action: 're-photograph' });
    };
    if (specimens === 0) add('photo-empty', 'error', 'The photo shows no specimen.', 0.9);
    else if (specimens > 1)
      add('photo-several-specimens', 'warning', `The photo shows ${specimens} things that could be the specimen.`, 0.5);
    if (specimens > 0 && touchesEdge === true)
      add('photo-cut-off', 'warning', 'The specimen touches the edge of the photo.', 0.5);
    if (specimens > 0 && (confidence ?? 1) < least)
      add('photo-unclear', 'info', 'The specimen is hard to make out.', 0.2);
    else if (specimens > 0 && (areaFraction ?? 1) < smallest)
      add('photo-unclear', 'info', 'The specimen is very small on the photo.', 0.2);
  }
  return found;
}
