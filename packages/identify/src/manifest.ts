import type { Interval, LabelRank } from '@bioscan/core';
import type { ImagePooling, Preprocessing } from '@bioscan/vision';

/** Version of the folder's format that this package writes and reads. */
export const formatVersion = 1;

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

/** One measured figure of the card. */
export interface CardFigure {
  readonly name: string;
  readonly value: number;
  /** Queries it rests on. */
  readonly count: number;
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
    readonly photos: number;
    readonly neighbours: number;
    readonly falseAlarmRate: number;
  };
  readonly facts: CardFacts;
  readonly files: Readonly<Partial<Record<IdentifierFile, FileRecord>>>;
}
