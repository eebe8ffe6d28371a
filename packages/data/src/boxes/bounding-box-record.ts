import type { BoundingBox } from '@bioscan/core';

/** A line of a bounding-box table: a specimen's raw box in its original picture, and the size fields that follow from it. */
export interface BoundingBoxRecord {
  readonly processId: string;
  /** Of the original picture, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly box: BoundingBox;
  /** To four decimals in the published table. */
  readonly areaFraction: number;
  readonly scaleFactor: number;
}

/** Columns of the published table, in its order. */
export const boundingBoxColumns = [
  'processid',
  'width_original',
  'height_original',
  'x0',
  'y0',
  'x1',
  'y1',
  'scale_factor',
  'area_fraction',
] as const;

export type BoundingBoxColumn = (typeof boundingBoxColumns)[number];
