import { BioscanError, isBioscanError } from '@bioscan/core';
import { decodeCalibration, type IdentifierCalibration } from './calibration-file.js';
import type { UnlikeGate } from '@bioscan/core';
import { digest } from './digest.js';
import { decodeGate } from './gate-file.js';
import { decodeKeys, type OpenedKeys } from './key-file.js';
import { identifierFiles, type EncoderPrecision, type IdentifierFile, type IdentifierManifest } from './manifest.js';
import { readManifest } from './read-manifest.js';
import { decodeReferences, type ReferenceSpecimen } from './reference-file.js';

/** Where the files of an identifier are read from: a `Store`, a folder, a server. */
export interface IdentifierSource {
  /** @throws BioscanError `not-found` */
  read(name: string): Promise<Uint8Array>;
  /** Bytes of a file, where they can be told before it is read. */
  size?(name: string): Promise<number>;
}

/** The files of an identifier, checked and decoded. */
export interface IdentifierContents {
  readonly manifest: IdentifierManifest;
  /** Of the encoder. */
  readonly precision: EncoderPrecision;
  readonly encoder: Uint8Array;
  readonly references: readonly ReferenceSpecimen[];
  readonly keys: readonly OpenedKeys[];
  readonly calibration: IdentifierCalibration;
  readonly gate: UnlikeGate;
}

/** A manifest is text with a few lines a file. */
const largestManifest = 2 ** 22;

/**
 * Reads an identifier and checks each file's size and hash before it is looked at.
 * @throws BioscanError naming the file: `not-found`, `truncated`, `bad-file`, `mismatch`, `unsupported`
 */
export async function readIdentifier(
  source: IdentifierSource,
  precision: EncoderPrecision = 'float32',
): Promise<IdentifierContents> {
  const manifest = readManifest(await manifestBytes(source));
  const { encoder, references, ranks, gate } = manifest;
  if (!encoder.precisions.includes(precision)) {
    throw new BioscanError(
      'not-found',
      `identify: encoder, got precision ${precision}, expected ${encoder.precisions.join(' or ')} as exported; open it with that`,
      { precision },
    );
  }
  const read = (key: IdentifierFile): Promise<Uint8Array> => checkedBytes(source, key, manifest);
  const keys: OpenedKeys[] = [];
  for (const record of manifest.keys) {
    keys.push(decodeKeys(await read(record.modality), record, encoder.dimension, references));
  }
  return {
    manifest,
    precision,
    keys,
    references: decodeReferences(await read('references'), references),
    calibration: decodeCalibration(await read('calibration'), ranks),
    gate: decodeGate(await read('gate'), gate, encoder.dimension),
    encoder: await read(precision),
  };
}

async function manifestBytes(source: IdentifierSource): Promise<Uint8Array> {
  const file = identifierFiles.manifest;
  try {
    const size = (await source.size?.(file)) ?? 0;
    const bytes = size > largestManifest ? undefined : await source.read(file);
    if (bytes !== undefined && bytes.length <= largestManifest) return bytes;
  } catch (cause) {
    if (!isBioscanError(cause) || cause.code !== 'not-found') throw cause;
    throw new BioscanError(
      'not-found',
      `identify: ${file} is missing: no identifier, or one whose writing was cut short; export it again`,
      { file },
      { cause },
    );
  }
  throw new BioscanError('bad-file', `identify: ${file}, got more than ${largestManifest} bytes, expected a manifest`, {
    file,
  });
}

async function checkedBytes(
  source: IdentifierSource,
  key: IdentifierFile,
  { files }: IdentifierManifest,
): Promise<Uint8Array> {
  const file = identifierFiles[key];
  const record = files[key];
  if (record === undefined) {
    throw new BioscanError('bad-file', `identify: ${identifierFiles.manifest}, got no hash of ${file}, expected one`, {
      file,
    });
  }
  const size = await source.size?.(file);
  const bytes = size === undefined || size === record.bytes ? await source.read(file) : undefined;
  const length = bytes?.length ?? size ?? 0;
  if (bytes?.length !== record.bytes) {
    throw new BioscanError(
      length < record.bytes ? 'truncated' : 'mismatch',
      `identify: ${file}, got ${length} bytes, expected ${record.bytes}; copy the folder again`,
      { file, got: length, expected: record.bytes },
    );
  }
  const hash = await digest(bytes);
  if (hash === record.sha256) return bytes;
  throw new BioscanError(
    'mismatch',
    `identify: ${file}, got SHA-256 ${hash.slice(0, 12)}…, expected ${record.sha256.slice(0, 12)}…; it was changed or damaged, copy the folder again`,
    { file },
  );
}
