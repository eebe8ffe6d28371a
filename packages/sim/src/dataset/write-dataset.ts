import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { BioscanError, boxSize, rng, throwIfCancelled, type BoundingBox, type SplitName } from '@bioscan/core';
import {
  bioscan5m,
  imageChunk,
  writeBoundingBoxes,
  writeSpecimens,
  type BoundingBoxRecord,
  type SpecimenRow,
} from '@bioscan/data';
import { simulate, type Simulation } from '../simulate.js';
import { simulationSettings, type SimulationOptions } from '../settings.js';
import { worlds } from '../world.js';
import { readText, writeFileAtomically } from './atomic-file.js';
import { datasetContactSheet } from './dataset-contact-sheet.js';
import { datasetFiles, datasetSettings, photoFiles, type DatasetSettings } from './dataset-options.js';
import type { PhotoChoice, PhotoMeasure } from './photo-job.js';
import { photographer } from './photographer.js';
import { takePhotos } from './take-photos.js';
import { errorTable, truthTable } from './truth-table.js';

export interface DatasetProgress {
  readonly stage: 'records' | 'photos' | 'tables';
  readonly done: number;
  readonly total: number;
}

export interface DatasetRun {
  /** Default: 256. */
  readonly photos?: PhotoChoice;
  /** Photo workers; default: one a core, at most 8. 0 works on this thread. The bytes are the same. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DatasetProgress) => void;
}

export interface DatasetSummary extends DatasetSettings {
  readonly folder: string;
  readonly records: number;
  readonly plantedErrors: number;
  /** Photo workers that were used; 0: this thread. */
  readonly threads: number;
}

/**
 * Writes a simulated data set in the layout of BIOSCAN-5M: the CSV of 23 columns, photos in their folders, the bounding-box TSV; beside them the truth,
 * the planted errors, the settings with their hash, and a contact sheet. The world is `standard` unless said. Equal settings give equal bytes.
 *
 * Boxes and sizes are in pixels of the 1,024 x 768 photo, also where only the small one is written. A run that was cancelled or killed goes on where it
 * was when it is called again; the CSV comes last, so a folder with it is complete.
 * @throws BioscanError `mismatch` for a folder that holds a data set of other settings, `cancelled`, `bad-input`
 */
export async function writeDataset(
  folder: string,
  options: SimulationOptions = {},
  run: DatasetRun = {},
): Promise<DatasetSummary> {
  const { photos = 256, threads = Math.min(8, availableParallelism()), signal, onProgress = () => undefined } = run;
  const settings = simulationSettings({ world: worlds.standard, ...options });
  const identity = datasetSettings(settings, photos);
  throwIfCancelled(signal, 'sim: data set');
  await claim(folder, identity);
  const total = settings.specimens;
  onProgress({ stage: 'records', done: 0, total });
  const simulation = simulate(settings);
  onProgress({ stage: 'records', done: total, total });
  const summary = { ...identity, folder, records: total, plantedErrors: simulation.errors.length };
  if ((await readText(`${folder}/${datasetFiles.metadata}`)) !== undefined) return { ...summary, threads: 0 };

  const camera = photographer(simulation, rng(settings.seed).split('photos'));
  const splitOf = new Map(simulation.specimens.map(({ processId, split = 'pretrain' }) => [processId, split]));
  const taken = await takePhotos(
    photos === 'none' ? [] : simulation.specimens.map(({ processId }) => processId),
    (id) => camera.job(id, photoFiles(folder, id, splitOf.get(id) ?? 'pretrain', photos)),
    {
      journal: `${folder}/${datasetFiles.journal}`,
      threads: photos === 'none' ? 0 : threads,
      signal,
      onPhotos: (done) => {
        onProgress({ stage: 'photos', done, total });
      },
    },
  );
  onProgress({ stage: 'tables', done: 0, total });
  await writeFileAtomically(`${folder}/${datasetFiles.truth}`, truthTable(simulation, camera));
  await writeFileAtomically(`${folder}/${datasetFiles.errors}`, errorTable(simulation.errors));
  if (photos !== 'none') {
    await writeFileAtomically(`${folder}/${datasetFiles.contactSheet}`, await datasetContactSheet(simulation, camera));
  }
  await writeTables(folder, simulation, taken.measures);
  await rm(`${folder}/${datasetFiles.journal}`, { force: true });
  onProgress({ stage: 'tables', done: total, total });
  return { ...summary, threads: taken.threads };
}

/** Takes a folder for these settings, or goes on in one that has them. */
async function claim(folder: string, identity: DatasetSettings): Promise<void> {
  const path = `${folder}/${datasetFiles.settings}`;
  const text = await readText(path);
  const found = text === undefined ? identity : (JSON.parse(text) as Partial<DatasetSettings>);
  if (found.hash !== identity.hash) {
    throw new BioscanError(
      'mismatch',
      `sim: ${folder} holds a data set with hash ${found.hash?.slice(0, 12) ?? '?'}, got settings with ${identity.hash.slice(0, 12)}; choose another folder`,
      { folder },
    );
  }
  await writeFileAtomically(path, `${JSON.stringify(identity, undefined, 2)}\n`);
}

/** Boxes, then the CSV: with it the data set is complete. */
async function writeTables(
  folder: string,
  { specimens }: Simulation,
  measures: ReadonlyMap<string, PhotoMeasure>,
): Promise<void> {
  const boxes: BoundingBoxRecord[] = [];
  const rows = specimens.map((row) => {
    const measure = measures.get(row.processId);
    if (measure === undefined) return withChunk(row);
    const { box, maskPixels } = inFullPhoto(measure);
    const { areaFraction, scaleFactor } = boxSize(box, fullPhoto);
    boxes.push({ processId: row.processId, ...fullPhoto, box, areaFraction, scaleFactor });
    const size = { maskPixels, areaFraction: fourDecimals(areaFraction), scaleFactor: fourDecimals(scaleFactor) };
    return { ...withChunk(row), size };
  });
  if (boxes.length > 0) {
    const table = `${folder}/${datasetFiles.boxes}`;
    await mkdir(table.slice(0, table.lastIndexOf('/')), { recursive: true });
    await writeBoundingBoxes(table, boxes);
  }
  const path = `${folder}/${datasetFiles.metadata}`;
  await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  await writeSpecimens(path, rows, bioscan5m);
}

const fullPhoto = { width: 1024, height: 768 } as const;

function inFullPhoto({ box, width, height, maskPixels }: PhotoMeasure): {
  readonly box: BoundingBox;
  readonly maskPixels: number;
} {
  const [across, down] = [fullPhoto.width / width, fullPhoto.height / height];
  return {
    box: {
      x0: Math.round(box.x0 * across),
      y0: Math.round(box.y0 * down),
      x1: Math.round(box.x1 * across),
      y1: Math.round(box.y1 * down),
    },
    maskPixels: Math.round(maskPixels * across * down),
  };
}

function withChunk(row: SpecimenRow): SpecimenRow {
  const chunk = imageChunk(row.processId, row.split as SplitName);
  return chunk === '' ? row : { ...row, image: { chunk } };
}

function fourDecimals(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
