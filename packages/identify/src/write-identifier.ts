import { BioscanError, isBioscanError, type LabelRank, type Store, type UnlikeGate } from '@bioscan/core';
import type { ImagePooling, Preprocessing } from '@bioscan/vision';
import { decodeCalibration, encodeCalibration, type IdentifierCalibration } from './calibration-file.js';
import { digest } from './digest.js';
import { encodeGate } from './gate-file.js';
import { encodeKeys, type IdentifierKeys } from './key-file.js';
import {
  formatVersion,
  identifierFiles,
  type CardEvidence,
  type CardFacts,
  type EncoderPrecision,
  type FileRecord,
  type IdentifierFile,
  type IdentifierManifest,
} from './manifest.js';
import { modelCard } from './model-card.js';
import { readManifest } from './read-manifest.js';
import { encodeReferences, type ReferenceSpecimen } from './reference-file.js';

/** Everything that an identifier is made of. */
export interface IdentifierParts {
  readonly name: string;
  readonly encoder: {
    readonly id: string;
    readonly dimension: number;
    readonly preprocessing: Preprocessing;
    /** What becomes of an output with tokens or a grid. Default `mean`. */
    readonly pooling?: ImagePooling;
    /** ONNX bytes: one input (n, 3, height, width), the vectors as first output. */
    readonly float32: Uint8Array;
    readonly int8?: Uint8Array;
  };
  /** Ranks of the tree, coarse to fine, as calibrated. */
  readonly ranks: readonly LabelRank[];
  readonly references: readonly ReferenceSpecimen[];
  readonly keys: readonly IdentifierKeys[];
  readonly calibration: IdentifierCalibration;
  readonly gate: UnlikeGate;
  readonly evidence: CardEvidence;
  readonly facts: CardFacts;
}

export interface WriteIdentifierOptions {
  /** How keys are stored; int8 is a quarter of the size. Default `float32`. */
  readonly keys?: 'float32' | 'int8';
  /** Writes over an identifier that is there. Default false. */
  readonly replace?: boolean;
}

/**
 * Writes an identifier. `identifier.json` comes last and names the hash of every other file: a folder with it is complete, one without it is
 * none, whenever the machine stops.
 * @throws BioscanError `bad-input` when the store holds an identifier already, `mismatch` when the parts do not fit each other or could not be
 * read again
 */
export async function writeIdentifier(
  store: Store,
  parts: IdentifierParts,
  { keys: dtype = 'float32', replace = false }: WriteIdentifierOptions = {},
): Promise<IdentifierManifest> {
  checkParts(parts);
  const draft = manifestOf(parts, dtype);
  const contents = Object.entries(contentsOf(parts, dtype, draft)) as [IdentifierFile, Uint8Array][];
  const files: Partial<Record<IdentifierFile, FileRecord>> = {};
  for (const [key, bytes] of contents) files[key] = { bytes: bytes.length, sha256: await digest(bytes) };
  const manifest: IdentifierManifest = { ...draft, files };
  const text = encoded(`${JSON.stringify(manifest, undefined, 2)}\n`);
  requireReadable(text, encodeCalibration(parts.calibration), parts.ranks);
  if ((await store.list(identifierFiles.manifest)).includes(identifierFiles.manifest)) {
    if (!replace) {
      throw new BioscanError(
        'bad-input',
        'identify: got a store that holds an identifier, expected an empty one; name another folder or replace it',
      );
    }
    await store.remove(identifierFiles.manifest);
  }
  for (const [key, bytes] of contents) await store.write(identifierFiles[key], bytes);
  await store.write(identifierFiles.manifest, text);
  return manifest;
}

/** JSON has no NaN, and a text may be empty: nothing is written that could not be opened. */
function requireReadable(manifest: Uint8Array, calibration: Uint8Array, ranks: readonly LabelRank[]): void {
  try {
    readManifest(manifest);
    decodeCalibration(calibration, ranks);
  } catch (cause) {
    if (!isBioscanError(cause)) throw cause;
    throw new BioscanError(
      'mismatch',
      `identify: parts that could not be read again, expected finite numbers and texts that are not empty (${cause.message})`,
      {},
      { cause },
    );
  }
}

function contentsOf(
  { encoder, references, keys, calibration, gate }: IdentifierParts,
  dtype: 'float32' | 'int8',
  draft: IdentifierManifest,
): Partial<Record<IdentifierFile, Uint8Array>> {
  return {
    float32: encoder.float32,
    ...(encoder.int8 === undefined ? {} : { int8: encoder.int8 }),
    references: encodeReferences(references),
    ...Object.fromEntries(keys.map((one) => [one.modality, encodeKeys(one, dtype)])),
    calibration: encodeCalibration(calibration),
    gate: encodeGate(gate),
    card: encoded(modelCard(draft)),
  };
}

function manifestOf(parts: IdentifierParts, dtype: 'float32' | 'int8'): IdentifierManifest {
  const { name, encoder, ranks, references, keys, gate, evidence, facts } = parts;
  const precisions: EncoderPrecision[] = encoder.int8 === undefined ? ['float32'] : ['float32', 'int8'];
  const { id, dimension, preprocessing, pooling = 'mean' } = encoder;
  const { axes, points, scores, neighbours, falseAlarmRate } = gate;
  return {
    format: 'bioscan-identifier',
    version: formatVersion,
    name,
    encoder: { id, dimension, preprocessing, pooling, precisions },
    ranks,
    references: references.length,
    keys: keys.map(({ modality, rows, shift = 0 }) => ({ modality, count: rows.length, dtype, shift })),
    gate: { axes, photos: points.length / axes, scores: scores.length, neighbours, falseAlarmRate },
    evidence,
    facts,
    files: {},
  };
}

function checkParts({ encoder, ranks, references, keys, calibration, gate, facts }: IdentifierParts): void {
  const problems = [
    references.length === 0 ? 'no references' : undefined,
    keys.length === 0 ? 'no keys' : undefined,
    ...keys.map(({ modality, rows, vectors }) =>
      vectors.shape[0] !== rows.length || vectors.shape[1] !== encoder.dimension || rows.length === 0
        ? `${modality} keys of (${vectors.shape.join(', ')}) for ${rows.length} references and dimension ${encoder.dimension}`
        : undefined,
    ),
    ...keys.map(({ modality, rows }) =>
      rows.some((row) => row < 0 || row >= references.length)
        ? `${modality} keys of references that are not there`
        : undefined,
    ),
    gate.dimension === encoder.dimension ? undefined : `a gate of dimension ${gate.dimension}`,
    calibration.tree.map(({ rank }) => rank).join() === ranks.join() ? undefined : 'a calibration of other ranks',
    facts.limits.length === 0 ? 'no limits: every identifier has some' : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new BioscanError('mismatch', `identify: parts, got ${problems.join('; ')}, expected parts that fit each other`);
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
