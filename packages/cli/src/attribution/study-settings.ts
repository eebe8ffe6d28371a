import { barcodeCnn } from '@bioscan/dna';
import { vectors, type Modality } from '@bioscan/align';
import type { TrainingState } from '@bioscan/core';
import { smallPhotoTower } from './small-photo.js';

/** Sizes of an attribution study. Plain JSON: it goes into every hash. */
export interface StudySettings {
  /** Side of the photos in pixels. */
  readonly size: number;
  /** Channels of the photo network's stages. */
  readonly widths: readonly number[];
  /** Of its group normalisations: few, so that absolute colour passes. */
  readonly groups: number;
  /** Augmented views a training photo, made once. */
  readonly views: number;
  /** Letters of the k-mers that stand for a barcode. */
  readonly k: number;
  /** Of taxonomy vectors. */
  readonly textWidth: number;
}

/** What two idle cores train in seconds. */
export const quickStudy: StudySettings = {
  size: 48,
  widths: [8, 16, 32, 64],
  groups: 2,
  views: 5,
  k: 5,
  textWidth: 256,
};

/** Every modality that an arm may name. `weights`: where photo towers start; without, from random. */
export function studyModalities(settings: StudySettings, weights?: TrainingState): Record<string, Modality> {
  const { size, widths, groups, k, textWidth } = settings;
  const hidden = 128;
  return {
    image: {
      tower: smallPhotoTower({ size, widths, groups }),
      ...(weights === undefined ? {} : { weights }),
    },
    dna: { tower: vectors(4 ** k), projection: { kind: 'mlp', hidden } },
    dnaRandom: { tower: barcodeCnn({ widths: [16, 16, 16], dimension: 64, normalisation: 'group' }) },
    text: { tower: vectors(textWidth), projection: { kind: 'mlp', hidden } },
    textToGenus: { tower: vectors(textWidth), projection: { kind: 'mlp', hidden } },
    colour: { tower: vectors(colourWidth) },
  };
}

/** 4 x 4 x 4 cells, and three numbers of size. */
export const colourWidth = 67;
