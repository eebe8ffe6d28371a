import type { ErrorCode } from '@bioscan/core';

/** A photo that could not be loaded, and why. */
export interface RejectedPicture {
  readonly id: string;
  readonly reason: ErrorCode;
  readonly message: string;
}

/** Photos that were set aside while the rest was loaded. */
export interface PictureRejects {
  readonly count: number;
  readonly byReason: Readonly<Partial<Record<ErrorCode, number>>>;
  /** The first 1,000; `count` goes on. */
  readonly pictures: readonly RejectedPicture[];
}

/** An empty count, and how to add to it. */
export function pictureRejects(): PictureRejects & { add(picture: RejectedPicture): void } {
  const byReason: Partial<Record<ErrorCode, number>> = {};
  const pictures: RejectedPicture[] = [];
  const rejects = { count: 0, byReason, pictures, add };
  return rejects;

  function add(picture: RejectedPicture): void {
    rejects.count++;
    byReason[picture.reason] = (byReason[picture.reason] ?? 0) + 1;
    if (pictures.length < 1000) pictures.push(picture);
  }
}
