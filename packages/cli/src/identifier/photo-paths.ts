import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listPhotos } from '../crop/list-photos.js';

/** Photo files as given, folders replaced by the photos in them. What does not exist stays: it is set aside with its reason later. */
export async function photoPaths(given: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const path of given) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) paths.push(path);
    else paths.push(...(await listPhotos(path)).map((photo) => join(path, photo)));
  }
  return paths;
}
