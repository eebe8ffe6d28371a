import { BioscanError, type Identified, type Picture, type Runtime } from '@bioscan/core';
import { imageEncoder, preprocessedSize, type ImageEncoder } from '@bioscan/vision';
import { cautionsOf } from './cautions.js';
import { identifyVectors, type Identification, type IdentificationOptions } from './identification.js';
import { identifyPhotos, type IdentifyAllOptions, type PhotoInput, type PhotoResult } from './identify-photos.js';
import type { EncoderPrecision, IdentifierManifest } from './manifest.js';
import { identifierFiles } from './manifest.js';
import { readIdentifier, type IdentifierContents, type IdentifierSource } from './open-folder.js';

export interface OpenIdentifierOptions {
  /** Which encoder is loaded. Default `float32`. */
  readonly precision?: EncoderPrecision;
}

/** An open identifier. It holds a session of the engine until it is closed. */
export interface Identifier {
  readonly manifest: IdentifierManifest;
  readonly contents: IdentifierContents;
  /** What whoever uses it should be told first: sentences on what its confidence does not rest on. Often none. */
  readonly cautions: readonly string[];
  /** The image encoder alone, for vectors of one's own. */
  readonly encoder: ImageEncoder;
  /** Names one picture. */
  identify(picture: Picture, options?: IdentificationOptions): Promise<Identification>;
  /** Names many, in their order; unreadable ones are set aside with a reason. */
  identifyAll(
    photos: Iterable<Identified<PhotoInput>> | AsyncIterable<Identified<PhotoInput>>,
    options?: IdentifyAllOptions,
  ): AsyncIterable<PhotoResult>;
  close(): Promise<void>;
}

/**
 * Opens an identifier in any engine, in Node or in a browser. Every file is checked against the manifest's sizes and hashes first.
 * @param source a `Store`, or anything that reads files by name
 * @throws BioscanError naming the file and the fix: `not-found`, `truncated`, `bad-file`, `mismatch`, `unsupported`
 * @example
 * const read = async (name: string) => new Uint8Array(await (await fetch(`/identifier/${name}`)).arrayBuffer());
 * const identifier = await openIdentifier({ read }, runtime);
 */
export async function openIdentifier(
  source: IdentifierSource,
  runtime: Runtime,
  { precision = 'float32' }: OpenIdentifierOptions = {},
): Promise<Identifier> {
  const contents = await readIdentifier(source, precision);
  const { manifest } = contents;
  const encoder = await openEncoder(contents, runtime, precision);
  return {
    manifest,
    contents,
    cautions: cautionsOf(manifest),
    encoder,
    async identify(picture, options = {}) {
      const [found] = identifyVectors(contents, await encoder.encode([picture]), options);
      return found as Identification;
    },
    identifyAll: (photos, options = {}) => identifyPhotos(contents, encoder, photos, options),
    close: () => encoder.close(),
  };
}

async function openEncoder(
  { manifest, encoder: bytes }: IdentifierContents,
  runtime: Runtime,
  precision: EncoderPrecision,
): Promise<ImageEncoder> {
  const { id, preprocessing, pooling, dimension } = manifest.encoder;
  checkCrop(manifest);
  const encoder = await imageEncoder(runtime, bytes, { id, preprocessing, pooling });
  if (encoder.dimension === dimension) return encoder;
  await encoder.close();
  throw new BioscanError(
    'mismatch',
    `identify: ${identifierFiles[precision]}, got vectors of ${encoder.dimension}, expected ${dimension} as ${identifierFiles.manifest} says; export the identifier again`,
    { file: identifierFiles[precision] },
  );
}

function checkCrop({ encoder: { preprocessing } }: IdentifierManifest): void {
  try {
    preprocessedSize(preprocessing);
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `identify: ${identifierFiles.manifest}: encoder.preprocessing, got one that cannot be (${cause instanceof Error ? cause.message : ''}); export the identifier again`,
      {},
      { cause },
    );
  }
}
