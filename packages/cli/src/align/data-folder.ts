import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BioscanError } from '@bioscan/core';
import { datasetFiles } from '@bioscan/sim';
import type { DataDefaults, PhotoSettings } from './align-config.js';

const imageFolders = 'bioscan5m/images';

/** Crops first: there the specimen fills the picture. */
const layouts = ['cropped_256', 'original_256', 'cropped', 'original_full'] as const;

/** What a folder laid out as BIOSCAN-5M offers. @throws BioscanError `not-found` when there is no table where it should be */
export function dataFolder(folder: string): DataDefaults {
  if (!existsSync(join(folder, datasetFiles.metadata))) {
    throw new BioscanError(
      'not-found',
      `cli: ${folder}, got no ${datasetFiles.metadata}, expected a folder laid out as BIOSCAN-5M; make one with bioscan simulate ${folder}, or give a config file`,
      { folder },
    );
  }
  const photos = photosIn(folder);
  return { table: datasetFiles.metadata, ...(photos === undefined ? {} : { photos }) };
}

function photosIn(folder: string): PhotoSettings | undefined {
  const layout = layouts.find((name) => existsSync(join(folder, imageFolders, name)));
  if (layout === undefined) return undefined;
  const isOriginal = layout === 'original_256' || layout === 'original_full';
  const hasBoxes = isOriginal && existsSync(join(folder, datasetFiles.boxes));
  return { folder: imageFolders, layout, ...(hasBoxes ? { boxes: datasetFiles.boxes } : {}) };
}
