import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { BioscanError } from '@bioscan/core';

const extensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff']);

/**
 * Photos below a folder, as paths relative to it, sorted.
 * @throws BioscanError `not-found` without the folder, `bad-input` without a photo in it
 */
export async function listPhotos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new BioscanError('not-found', `cli: ${folder} is no folder that can be read`, { folder }, { cause });
  });
  const photos = entries.filter((entry) => extensions.has(extname(entry).toLowerCase())).sort();
  if (photos.length > 0) return photos;
  throw new BioscanError('bad-input', `cli: ${folder} has no photos, expected ${[...extensions].join(', ')}`, {
    folder,
  });
}

/** The process id that a photo is named by: its file name up to the first dot. */
export function processIdOf(photo: string): string {
  return basename(photo).split('.', 1)[0] ?? '';
}
