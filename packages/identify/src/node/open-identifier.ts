import type { Identified, Picture, Runtime } from '@bioscan/core';
import { decodePicture } from '@bioscan/vision/node';
import type { Identification, IdentificationOptions } from '../identification.js';
import type { IdentifyAllOptions, PhotoInput, PhotoResult } from '../identify-photos.js';
import { openIdentifier as openSource, type Identifier, type OpenIdentifierOptions } from '../open-identifier.js';
import { folderSource } from './folder-source.js';

/** A photo as a file, which is its id too, or as the main entry takes it. */
export type PhotoFile = string | Identified<PhotoInput>;

/** An open identifier that reads photo files. */
export interface FolderIdentifier extends Omit<Identifier, 'identify' | 'identifyAll'> {
  /** @throws BioscanError from a file that is no photo: `not-found`, `truncated`, `bad-file`, `unsupported` */
  identify(photo: string | Picture, options?: IdentificationOptions): Promise<Identification>;
  identifyAll(
    photos: Iterable<PhotoFile> | AsyncIterable<PhotoFile>,
    options?: IdentifyAllOptions,
  ): AsyncIterable<PhotoResult>;
}

/**
 * Opens the identifier in a folder. Sizes are checked before files are read. Photos are decoded by sharp, at most 50 megapixels.
 * @throws BioscanError naming the file and the fix: `not-found`, `truncated`, `bad-file`, `mismatch`, `unsupported`
 * @example
 * const identifier = await openIdentifier('identifier/', openRuntime());
 * const { asserted, ranks, nearest, unlike } = await identifier.identify('photo.jpg');
 */
export async function openIdentifier(
  folder: string,
  runtime: Runtime,
  options: OpenIdentifierOptions = {},
): Promise<FolderIdentifier> {
  const identifier = await openSource(folderSource(folder), runtime, options);
  return {
    ...identifier,
    identify: async (photo, asked) =>
      identifier.identify(typeof photo === 'string' ? await decodePicture(photo) : photo, asked),
    identifyAll: (photos, asked) => identifier.identifyAll(inputs(photos), asked),
  };
}

async function* inputs(photos: Iterable<PhotoFile> | AsyncIterable<PhotoFile>): AsyncGenerator<Identified<PhotoInput>> {
  for await (const photo of photos) {
    yield typeof photo === 'string' ? { id: photo, input: () => decodePicture(photo) } : photo;
  }
}
