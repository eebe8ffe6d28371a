import type { BoundingBox, Picture } from '@bioscan/core';

/** What a detector wants a person to look at. */
export type DetectionFlag =
  /** Nothing stands out from the background: `box` is the whole picture and confidence 0. */
  | 'empty'
  /** Below the detector's own threshold: perhaps no specimen at all, or a photo of something else. */
  | 'low-confidence'
  /** Something of similar weight lies beside the specimen; see `others`. */
  | 'several-specimens'
  /** The specimen touches the edge of the picture and is probably cut off. */
  | 'border-contact'
  /** Many small things lie about. */
  | 'debris'
  /** A large part of the specimen lies where the wall of the dish glares. */
  | 'rim';

/** One byte a pixel of the picture: 1 where the specimen is. */
export interface SpecimenMask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The specimen of a picture, as a detector sees it. */
export interface Detection {
  /** Tight, half-open, in whole pixels inside the picture. */
  readonly box: BoundingBox;
  /** In [0, 1]; comparable between pictures of one detector, and no probability. */
  readonly confidence: number;
  readonly flags: readonly DetectionFlag[];
  /** Absent where the detector gives boxes only. */
  readonly mask?: SpecimenMask;
  /** Boxes of what else could be a specimen, heaviest first. */
  readonly others: readonly BoundingBox[];
}

/** Finds the specimen of a picture. Deterministic; never throws for what the picture shows. */
export interface Detector {
  readonly id: string;
  detect(picture: Picture): Detection | Promise<Detection>;
}
