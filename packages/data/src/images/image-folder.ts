import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { BioscanError, splitNames, type SplitName } from '@bioscan/core';
import { imagePath, type ImageType } from '../image-path.js';
import { asFileError } from '../io/byte-source.js';
import { fileNameId, noImage, type ImageFiles } from './image-files.js';

/** Paths below the root where the photo of a specimen may be, most likely first. */
export type ImageLayout = (processId: string) => readonly string[];

export interface ImageFolderOptions {
  /** `bioscan5m`: `imageType/split/[chunk/]processid.jpg`. `flat`: `processid` and .jpg, .jpeg or .png. Or your own. Default: `bioscan5m`. */
  readonly layout?: 'bioscan5m' | 'flat' | ImageLayout;
  /** Of the layout `bioscan5m`. Default: `cropped_256`. */
  readonly imageType?: ImageType;
  /** The split of a specimen, as the table has it. Absent or undefined: all eight are tried. */
  readonly splitOf?: (processId: string) => SplitName | undefined;
}

/**
 * Photos in a folder. Ids are checked before they become paths, and no path leaves the folder.
 * @throws BioscanError from `read`: `bad-input` for an id that is none, `not-found`, `bad-file`
 * @example
 * const images = imageFolder('bioscan5m/images', { splitOf: (id) => splits.get(id) });
 */
export function imageFolder(root: string, options: ImageFolderOptions = {}): ImageFiles {
  const paths = layoutOf(options);
  return {
    async read(processId) {
      for (const path of candidates(processId)) {
        const bytes = await ifThere(readFile(path), path);
        if (bytes !== undefined) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      throw noImage(processId, root);
    },
    async has(processId) {
      for (const path of candidates(processId)) {
        if ((await ifThere(stat(path), path))?.isFile() === true) return true;
      }
      return false;
    },
    close: () => Promise.resolve(),
  };

  function candidates(processId: string): readonly string[] {
    return paths(fileNameId(processId)).map((path) => inside(root, path));
  }
}

function layoutOf({ layout = 'bioscan5m', imageType = 'cropped_256', splitOf }: ImageFolderOptions): ImageLayout {
  if (typeof layout === 'function') return layout;
  if (layout === 'flat') return (id) => ['.jpg', '.jpeg', '.png'].map((extension) => id + extension);
  return (id) => {
    const split = splitOf?.(id);
    return (split === undefined ? splitNames : [split]).map((one) => imagePath(id, one, { imageType, root: '.' }));
  };
}

function inside(root: string, path: string): string {
  const plain = normalize(path);
  if (!isAbsolute(plain) && plain.split(/[\\/]/u)[0] !== '..') return join(root, plain);
  throw new BioscanError('bad-input', `data: a layout gave '${path}', which leaves ${root}; give paths below it`, {
    path,
  });
}

async function ifThere<Found>(found: Promise<Found>, path: string): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw asFileError(error, path);
  }
}
