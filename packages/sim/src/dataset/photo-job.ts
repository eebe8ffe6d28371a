import type { BoundingBox } from '@bioscan/core';
import type { Individual } from '../morphology/individual.js';
import type { Morphology } from '../morphology/plan-morphology.js';
import type { Scene } from '../render/scene.js';

/** Sizes in which photos are written: 1,024 x 768 as the robot's, and 341 x 256. */
export type PhotoChoice = 256 | 1024 | 'both' | 'none';

/** One photo to take. Plain values, so that it can be sent to a worker. */
export interface PhotoJob {
  readonly processId: string;
  readonly morphology: Morphology;
  readonly individual: Individual;
  readonly scene: Scene;
  /** Where it goes: absolute paths; the larger size first. */
  readonly files: readonly PhotoFile[];
}

export interface PhotoFile {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** What the photographer knows of a photo: the truth in pixels of the photo's full size. */
export interface PhotoMeasure {
  readonly processId: string;
  readonly width: number;
  readonly height: number;
  readonly box: BoundingBox;
  readonly maskPixels: number;
}
