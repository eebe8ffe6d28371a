import type { Interval, LabelRank } from '@bioscan/core';
import type { ImagePooling, Preprocessing } from '@bioscan/vision';

/** Version of the folder's format that this package writes and reads. */
export const formatVersion = 2;

/** The files of an identifier, by what they hold. No other name is ever opened. */
export const identifierFiles = {
  manifest: 'identifier.json',
  card: 'MODEL_CARD.md',
  float32: 'encoder.onnx',
  int8: 'encoder.int8.onnx',
  references: 'references.json',
  image: 'keys.image.bin',
  dna: 'keys.dna.bin',
  calibration: 'calibration.json',
  gate: 'gate.bin',
} as const;

export type IdentifierFile = Exclude<keyof typeof identifierFiles, 'manifest'>;

/** Precisions of an encoder; int8 holds linear layers in a quarter of the bytes, convolutions stay as they are. */
export type EncoderPrecision = 'float32' | 'int8';

/** Whose vectors a key is. */
export type KeyModality = 'image' | 'dna';

export interface FileRecord {
  readonly bytes: number;
  readonly sha256: string;
}

/** A set of keys: vectors of references in one modality. */
export interface KeyRecord {
  readonly modality: KeyModality;
  readonly count: number;
  readonly dtype: 'float32' | 'int8';
  /** Added to similarities with these keys, so that both modalities vote on one scale. */
  readonly shift: number;
}

/** Accuracies that others are held against. */
export type FigureMeasure = 'micro top-1' | 'macro top-1';

/** Photos by what an identifier knows of their species: training photos and keys, keys alone, nothing; or no species name to tell by. */
export type PhotoSet = 'seen' | 'unseen with keys' | 'novel' | 'without a name';

/** One measured figure of the card. */
export interface CardFigure {
  readonly name: string;
  /** What the name says, for programs. */
  readonly measure?: FigureMeasure;
  readonly rank?: LabelRank;
  readonly set?: PhotoSet;
  /** Absent: unknown, such as accuracy on a kind of photo that there was none of. */
  readonly value?: number;
  /** Queries it rests on. */
  readonly count: number;
  /** Figures of a group stand together. */
  readonly group?: string;
  readonly interval?: Interval;
}

/** What a reader of the card must know. */
export interface CardFacts {
  /** SHA-256 of the data that references and training came from. */
  readonly dataHash: string;
  readonly licence: string;
  /** What it cannot do. Never empty. */
  readonly limits: readonly string[];
  readonly figures: readonly CardFigure[];
  /** "SIMULATED: …" where any of it rests on simulated data. */
  readonly banner?: string;
  /** How it was trained and exported, line by line. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** A set of photos by its size. */
export interface PhotoCount {
  readonly photos: number;
  readonly species: number;
}

/** What confidence and figures rest on. */
export interface CardEvidence {
  /** Photos that calibration and thresholds were fitted on. */
  readonly fitted: PhotoCount;
  /**
   * Photos of other species that confidence was not fitted on: accuracy and calibration are theirs. None: there were too few to hold any back.
   * The gate has parts of its own, which may cross these.
   */
  readonly checked: PhotoCount;
}

/** `identifier.json`: what the folder holds. Written last, so that a folder with it is complete. */
export interface IdentifierManifest {
  readonly format: 'bioscan-identifier';
  readonly version: number;
  readonly name: string;
  readonly encoder: {
    readonly id: string;
    readonly dimension: number;
    readonly preprocessing: Preprocessing;
    readonly pooling: ImagePooling;
    readonly precisions: readonly EncoderPrecision[];
  };
  /** Ranks of the tree, coarse to fine. */
  readonly ranks: readonly LabelRank[];
  readonly references: number;
  readonly keys: readonly KeyRecord[];
  readonly gate: {
    readonly axes: number;
    /** Training photos that a new one is held against. */
    readonly photos: number;
    /** Photos whose distances say what is usual. */
    readonly scores: number;
    readonly neighbours: number;
    readonly falseAlarmRate: number;
  };
  readonly evidence: CardEvidence;
  readonly facts: CardFacts;
  readonly files: Readonly<Partial<Record<IdentifierFile, FileRecord>>>;
}
