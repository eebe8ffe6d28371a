import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  BioscanError,
  isBioscanError,
  rng,
  type LabelRank,
  type Progress,
  type Runtime,
  type Store,
} from '@bioscan/core';
import type { SpecimenTable } from '@bioscan/data';
import { imageEncoder, type ImagePooling, type Preprocessing } from '@bioscan/vision';
import { decodePicture } from '@bioscan/vision/node';
import { listPhotos, processIdOf } from '../crop/list-photos.js';
import { version } from '../version.js';
import { embedPhotos, type EmbeddedPhotos, type SpecimenPhoto } from './embed-photos.js';
import { exportIdentifier, type ExportedIdentifier } from './export-identifier.js';
import { int8Model } from './int8-model.js';
import { photoClusters } from './photo-clusters.js';
import { photoRoles, type PhotoRoles } from './photo-roles.js';
import { readablePictures } from './seen-by-encoder.js';
import { simulatedBanner } from './simulated-banner.js';

/** Any ONNX image encoder with a folder of photos and a table of their names. */
export interface ExportPhotosInput {
  readonly encoder: string;
  readonly photos: string;
  readonly table: SpecimenTable;
  readonly preprocessing: Preprocessing;
  readonly pooling: ImagePooling;
  readonly name: string;
  readonly licence: string;
  readonly banner?: string;
}

export interface ExportPhotosOptions {
  readonly seed: number;
  readonly ranks?: readonly LabelRank[];
  readonly novelPrior: number;
  readonly keyPrecision: 'float32' | 'int8';
  readonly replace: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string, progress: Progress) => void;
  readonly say: (line: string) => void;
}

export interface ExportedPhotos extends ExportedIdentifier {
  readonly roles: PhotoRoles;
  readonly setAside: EmbeddedPhotos['setAside'];
}

/**
 * Embeds a folder's photos with an ONNX encoder and exports the identifier that they make: no training.
 * @throws BioscanError when photos and table have too little in common, and what embedding and exporting throw
 */
export async function exportPhotos(
  store: Store,
  runtime: Runtime,
  input: ExportPhotosInput,
  options: ExportPhotosOptions,
): Promise<ExportedPhotos> {
  const { table, preprocessing, pooling } = input;
  const float32 = await modelBytes(input.encoder);
  const id = basename(input.encoder).replace(/\.onnx$/u, '');
  const photoOf = await photosByProcessId(input.photos);
  const specimens = [...table].filter(({ processId }) => photoOf.has(processId));
  const roles = photoRoles(specimens, { rng: rng(options.seed).split('roles') });
  if (roles.references.length === 0 || roles.validation.length === 0) throw nothingInCommon(input, specimens.length);
  if (roles.warning !== undefined) options.say(`warning: ${roles.warning}`);
  options.say(
    `${roles.references.length} reference and ${roles.validation.length} validation photos by ${roles.by}, ${roles.unused} not used`,
  );
  const encoder = await imageEncoder(runtime, float32, { id, preprocessing, pooling });
  try {
    const embedded = (what: string, ids: readonly string[]): Promise<EmbeddedPhotos> =>
      embedPhotos(
        encoder,
        input.photos,
        ids.map((one): SpecimenPhoto => ({ id: one, photo: photoOf.get(one) ?? '' })),
        {
          signal: options.signal,
          onProgress: (progress) => {
            options.onProgress(what, progress);
          },
        },
      );
    const references = await embedded('references', roles.references);
    const validation = await embedded('validation', roles.validation);
    const int8 = lighter(float32, preprocessing, options.say);
    const banner = input.banner ?? (await simulatedBanner(table.source.file));
    const exported = await exportIdentifier(
      store,
      {
        name: input.name,
        encoder: {
          id,
          dimension: encoder.dimension,
          preprocessing,
          pooling,
          float32,
          ...(int8 === undefined ? {} : { int8 }),
        },
        records: specimens,
        keys: { image: references.block },
        validation: validation.block,
        clusters: photoClusters(specimens),
        ...(roles.keyOnly === undefined ? {} : { keyOnly: new Set(roles.keyOnly) }),
        source: {
          runtime,
          pictures: (ids) => readablePictures(ids, (one) => decodePicture(join(input.photos, photoOf.get(one) ?? ''))),
        },
        facts: {
          dataHash: table.source.sha256,
          licence: input.licence,
          ...(banner === undefined ? {} : { banner }),
          ...(roles.warning === undefined ? {} : { limits: [`References and validation: ${roles.warning}.`] }),
          provenance: {
            encoder: `${basename(input.encoder)}, SHA-256 ${encoder.provenance.weights ?? 'unknown'}, not trained on these photos by bioscan`,
            references: `${basename(table.source.file)}, ${roles.references.length} photos; ${roles.validation.length} validate, told apart by ${roles.by}`,
            exported: `bioscan ${version}, seed ${options.seed}`,
          },
        },
      },
      {
        rng: rng(options.seed),
        novelPrior: options.novelPrior,
        keyPrecision: options.keyPrecision,
        replace: options.replace,
        ...(options.ranks === undefined ? {} : { ranks: options.ranks }),
      },
    );
    return { ...exported, roles, setAside: [...references.setAside, ...validation.setAside] };
  } finally {
    await encoder.close();
  }
}

async function modelBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `cli: ${path}, got no file that can be read, expected an ONNX encoder`,
      { path },
      { cause },
    );
  }
}

/** The first photo of each process id, folders in order of their names. */
async function photosByProcessId(folder: string): Promise<ReadonlyMap<string, string>> {
  const photoOf = new Map<string, string>();
  for (const photo of await listPhotos(folder)) {
    if (!photoOf.has(processIdOf(photo))) photoOf.set(processIdOf(photo), photo);
  }
  return photoOf;
}

/** The 8-bit encoder, where the model has layers for it. */
function lighter(
  float32: Uint8Array,
  preprocessing: Preprocessing,
  say: (line: string) => void,
): Uint8Array | undefined {
  try {
    return int8Model(float32, preprocessing);
  } catch (error) {
    if (!isBioscanError(error)) throw error;
    say(`no 8-bit encoder: ${error.message}`);
    return undefined;
  }
}

function nothingInCommon({ photos, table }: ExportPhotosInput, both: number): BioscanError {
  return new BioscanError(
    'bad-input',
    `cli: export, got ${both} specimens with photo and record in ${photos} and ${table.source.file}, expected some with names for references and for validation; photos are named by process id`,
    { both },
  );
}
