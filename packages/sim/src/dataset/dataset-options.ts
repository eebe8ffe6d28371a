import { sha256, type SplitName } from '@bioscan/core';
import { imagePath } from '@bioscan/data';
import type { SimulationSettings } from '../settings.js';
import { simulatorVersion } from '../version.js';
import { canonical, worldHash } from '../world.js';
import type { PhotoChoice, PhotoFile } from './photo-job.js';

/** Where a data set's files lie, relative to its folder: the published names, and the truth beside them. */
export const datasetFiles = {
  metadata: 'bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv',
  boxes: 'bioscan5m/metadata/bbox/BIOSCAN_5M_Insect_bbox.tsv',
  truth: 'simulation/truth.tsv',
  errors: 'simulation/errors.tsv',
  settings: 'simulation/settings.json',
  contactSheet: 'simulation/contact-sheet.png',
  journal: 'simulation/photos.partial.jsonl',
} as const;

/** What made a data set: equal settings give equal bytes. */
export interface DatasetSettings {
  readonly generator: string;
  readonly banner: string;
  readonly worldHash: string;
  /** SHA-256 over all of this. */
  readonly hash: string;
  readonly photos: PhotoChoice;
  readonly settings: SimulationSettings;
}

export function datasetSettings(settings: SimulationSettings, photos: PhotoChoice): DatasetSettings {
  const banner = `SIMULATED: property of generator ${simulatorVersion}, world ${settings.world.name}`;
  const body = { generator: simulatorVersion, banner, worldHash: worldHash(settings.world), photos, settings };
  return { ...body, hash: sha256(canonical(body)) };
}

/** The files of a record's photo in its sizes, the larger first. */
export function photoFiles(folder: string, processId: string, split: string, photos: PhotoChoice): PhotoFile[] {
  const path = (imageType: 'original_full' | 'original_256'): string =>
    `${folder}/${imagePath(processId, split as SplitName, { imageType })}`;
  const full = { path: path('original_full'), width: 1024, height: 768 };
  const small = { path: path('original_256'), width: 341, height: 256 };
  switch (photos) {
    case 'none':
      return [];
    case 256:
      return [small];
    case 1024:
      return [full];
    case 'both':
      return [full, small];
    default:
      return photos satisfies never;
  }
}
