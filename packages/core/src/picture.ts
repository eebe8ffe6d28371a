/** An 8-bit sRGB picture without transparency: `data` holds (height, width, 3) values, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Image files by process id: a folder, zip files, a server. The bytes belong to the caller. */
export interface ImageSource {
  /** @throws BioscanError `not-found` when there is no photo of that specimen */
  read(processId: string): Promise<Uint8Array>;
}

/** A half-open box in pixels of its picture: x0 <= x < x1, y0 <= y < y1. It may leave the picture when it was expanded. */
export interface BoundingBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * The size fields of BIOSCAN-5M for a specimen's raw box in a picture of `width` x `height` pixels, not rounded:
 * box area by picture area, and shorter side by 256 pixels.
 */
export function boxSize(
  { x0, y0, x1, y1 }: BoundingBox,
  { width, height }: Pick<Picture, 'width' | 'height'>,
): { readonly areaFraction: number; readonly scaleFactor: number } {
  return { areaFraction: ((x1 - x0) * (y1 - y0)) / (width * height), scaleFactor: Math.min(x1 - x0, y1 - y0) / 256 };
}
