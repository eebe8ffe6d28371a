import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { BioscanError } from '@bioscan/core';
import type { PhotoSettings } from './align-config.js';
import type { AlignRows, RowsPlan } from './align-rows.js';

/** Name of the rows' record in a run's folder. */
export const rowsFile = 'rows.json';

/** All that deals a run's rows again, as plain JSON. Paths are relative to the run's folder. */
export interface RowsRecord extends Omit<RowsPlan, 'modalities'> {
  readonly format: 'bioscan-alignment-rows';
  readonly version: 1;
  /** Of the rows as they were read: records and bytes of photos. */
  readonly hashes: { readonly training: string; readonly validation?: string };
}

/** The record of the rows of a run in `folder` whose config is `base`. */
export function rowsRecord(plan: RowsPlan, base: string, folder: string, dealt: AlignRows): RowsRecord {
  const { table, photos, split, train, fold, validation, seed } = plan;
  const moved = (file: string): string => relative(folder, resolve(dirname(base), file));
  return {
    format: 'bioscan-alignment-rows',
    version: 1,
    table: moved(table),
    ...(photos === undefined ? {} : { photos: movedPhotos(photos, moved) }),
    ...{ split, train, seed },
    ...(fold === undefined ? {} : { fold }),
    validation: {
      ...(validation.splits === undefined ? {} : { splits: validation.splits }),
      rows: validation.rows,
    },
    hashes: {
      training: dealt.data.hash,
      ...(dealt.validation === undefined ? {} : { validation: dealt.validation.hash }),
    },
  };
}

/** Where the files of a run lie now, if they moved; relative to the working folder. */
export interface MovedFiles {
  readonly table?: string;
  readonly photos?: string;
  readonly boxes?: string;
}

/**
 * The plan of a record with every path absolute.
 * @throws BioscanError `not-found` for a file that is not where it was, naming the option that tells
 */
export function recordedPlan(record: RowsRecord, folder: string, moved: MovedFiles): Omit<RowsPlan, 'modalities'> {
  const { split, train, fold, validation, seed, photos } = record;
  const found = (name: keyof MovedFiles, recorded: string): string => {
    const given = moved[name];
    const path = given === undefined ? resolve(folder, recorded) : resolve(given);
    if (existsSync(path)) return path;
    throw new BioscanError(
      'not-found',
      `cli: ${folder}, got no ${name} at ${path}${given === undefined ? ', where the run was trained' : ''}, expected them as they were; say where they are now with --${name}`,
      { folder, path },
    );
  };
  return {
    table: found('table', record.table),
    ...(photos === undefined
      ? {}
      : {
          photos: {
            ...photos,
            folder: found('photos', photos.folder),
            ...(photos.boxes === undefined ? {} : { boxes: found('boxes', photos.boxes) }),
          },
        }),
    ...{ split, train, validation, seed },
    ...(fold === undefined ? {} : { fold }),
  };
}

function movedPhotos(photos: PhotoSettings, moved: (file: string) => string): PhotoSettings {
  const { folder, layout, boxes } = photos;
  return { folder: moved(folder), layout, ...(boxes === undefined ? {} : { boxes: moved(boxes) }) };
}
