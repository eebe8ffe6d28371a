import { dirname, resolve } from 'node:path';
import { inMemory, type AlignmentData, type ModalityRows, type VectorViews } from '@bioscan/align';
import {
  BioscanError,
  barcodeHash,
  ranks,
  rng,
  row,
  sha256,
  splitNames,
  type Picture,
  type SplitName,
} from '@bioscan/core';
import {
  imageFolder,
  planOpenWorldSplit,
  readBoundingBoxes,
  type BoundingBoxRecord,
  type ImageFiles,
  type SpecimenRow,
  type SplitRecord,
} from '@bioscan/data';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { crossFitFolds } from '@bioscan/qc';
import type { CommandContext } from '../command-context.js';
import { withoutPlaceholder } from '../open-world/sets.js';
import { assignmentOf } from '../open-world/split-column.js';
import { readRecords } from '../read-records.js';
import type { AlignConfig, PhotoSettings } from './align-config.js';
import type { DnaTowerSpec } from './modality-spec.js';
import { photoRows, type PhotoRows, type RejectedPhoto } from './photo-rows.js';

/** The rows of a run: to learn from, and to be judged on. */
export interface AlignRows {
  readonly data: AlignmentData;
  /** Absent: no record is in the splits of the validation. */
  readonly validation?: AlignmentData;
  /** Training rows that became the validation, where the table has none. */
  readonly heldOut: number;
  readonly rejectedPhotos: readonly RejectedPhoto[];
  readonly missingPhotos: number;
}

/** What deals the rows. */
export interface RowsPlan extends Pick<
  AlignConfig,
  'table' | 'photos' | 'split' | 'train' | 'fold' | 'modalities' | 'seed'
> {
  readonly validation: Pick<AlignConfig['validation'], 'splits' | 'rows'>;
}

export interface AlignRowsOptions {
  /** `whole`: as files have them, decoded each time they are asked for. Default `small`: held at the size that training needs. */
  readonly pictures?: 'small' | 'whole';
}

/**
 * Reads the table, deals records to their sets, and the photos of both.
 * @throws BioscanError `bad-input` when no record is in the training splits, and whatever the readers find
 */
export async function alignRows(
  config: RowsPlan,
  base: string,
  context: CommandContext,
  { pictures = 'small' }: AlignRowsOptions = {},
): Promise<AlignRows> {
  const path = (file: string): string => resolve(dirname(base), file);
  const table = await readRecords(path(config.table), context);
  const records = [...table].map(withoutPlaceholder);
  const folders = new Map([...table].map(({ processId, split }) => [processId, split]));
  const assignment =
    config.split === 'table' ? assignmentOf(records, path(config.table)) : openWorld(records, config.seed);
  const allowed = config.fold === undefined ? undefined : outsideFold(records, config.fold);
  const within = (splits: readonly string[]): SplitRecord[] =>
    records.filter(
      ({ processId }) => splits.includes(assignment.get(processId) ?? '') && allowed?.has(processId) !== false,
    );
  const { splits = ['val', 'val_unseen'], rows: most } = config.validation;
  const named = within(splits);
  const labelled = within(config.train);
  const held =
    named.length < 2 && config.validation.splits === undefined ? tenth(labelled, config.seed) : new Set<string>();
  const training = labelled.filter(({ processId }) => !held.has(processId));
  if (training.length === 0) {
    throw new BioscanError(
      'bad-input',
      `cli: ${config.table}, got no record in the splits ${config.train.join(', ')}, expected some; name others in "train", or let "split": "open-world" make them`,
      { file: config.table },
    );
  }
  const judged = drawn(
    held.size > 0 ? labelled.filter(({ processId }) => held.has(processId)) : named,
    most,
    config.seed,
  );
  const all = [...training, ...judged];
  const photos = await photosOf(all, { folders, pictures }, config, path, context);
  const dataOf = (first: number, count: number): AlignmentData =>
    rowsOf(all.slice(first, first + count), config.modalities, photos, first);
  return {
    data: dataOf(0, training.length),
    ...(judged.length < 2 ? {} : { validation: dataOf(training.length, judged.length) }),
    heldOut: held.size,
    rejectedPhotos: photos?.rejects ?? [],
    missingPhotos: photos?.missing ?? 0,
  };
}

/** Every record of a table as rows for a trained model, whatever its split: those that it learnt from and those that it did not. */
export async function tableRows(
  records: readonly SpecimenRow[],
  config: Pick<RowsPlan, 'photos' | 'modalities'>,
  context: CommandContext,
): Promise<AlignmentData> {
  const folders = new Map(records.map(({ processId, split }) => [processId, split]));
  const photos = await photosOf(records, { folders, pictures: 'small' }, config, (file) => file, context);
  return rowsOf(records, config.modalities, photos, 0);
}

/** Rows of `records`, whose photos begin at `first`. */
function rowsOf(
  records: readonly SpecimenRow[],
  { dna, text }: RowsPlan['modalities'],
  photos: PhotoRows | undefined,
  first: number,
): AlignmentData {
  return {
    ids: records.map(({ processId }) => processId),
    modalities: {
      ...(photos === undefined ? {} : { image: shifted(photos.rows, first, records.length) }),
      ...(dna === undefined ? {} : { dna: dnaRows(records, dna.tower) }),
      ...(text === undefined ? {} : { text: inMemory(records.map(({ lineage }) => lineage)) }),
    },
    labels: labelsOf(records),
    hash: hashOf(records, photos?.hash),
  };
}

/** Process ids that a model of the fold may learn from: none that shares a plate or a barcode with it. The same folds whatever the seed. */
function outsideFold(records: readonly SpecimenRow[], { index, of }: NonNullable<AlignConfig['fold']>): Set<string> {
  const { training = [] } = crossFitFolds(records, { folds: of, rng: rng(0).split('folds') })[index - 1] ?? {};
  return new Set(training.flatMap((at) => records[at]?.processId ?? []));
}

function openWorld(records: readonly SplitRecord[], seed: number): ReadonlyMap<string, string> {
  return planOpenWorldSplit(records, { seed }).assignment;
}

/** Process ids of about a tenth of the records, by whole barcodes. */
function tenth(records: readonly SplitRecord[], seed: number): ReadonlySet<string> {
  const byBarcode = new Map<string, string[]>();
  for (const { processId, barcode } of records) {
    const key = barcode ?? processId;
    byBarcode.set(key, [...(byBarcode.get(key) ?? []), processId]);
  }
  const held = new Set<string>();
  for (const ids of rng(seed)
    .split('held out')
    .shuffle([...byBarcode.values()])) {
    if (10 * held.size >= records.length) break;
    for (const id of ids) held.add(id);
  }
  return held;
}

/** At most so many records, in their order. */
function drawn(records: readonly SplitRecord[], count: number, seed: number): readonly SplitRecord[] {
  if (records.length <= count) return records;
  const chosen = new Set(
    rng(seed)
      .split('validation')
      .shuffle([...records.keys()])
      .slice(0, count),
  );
  return records.filter((_, at) => chosen.has(at));
}

async function photosOf(
  records: readonly SpecimenRow[],
  { folders, pictures }: Required<AlignRowsOptions> & { readonly folders: ReadonlyMap<string, string | undefined> },
  { photos, modalities }: Pick<RowsPlan, 'photos' | 'modalities'>,
  path: (file: string) => string,
  { console, signal }: CommandContext,
): Promise<PhotoRows | undefined> {
  if (photos === undefined || modalities.image === undefined) return undefined;
  const line = console.progress('photos');
  const { tower } = modalities.image;
  const boxes = photos.boxes === undefined ? undefined : await boxesIn(path(photos.boxes), signal);
  return photoRows(
    sourceOf(photos, path(photos.folder), folders),
    records.map(({ processId }) => processId),
    {
      // Half as large again as the network sees: a random part of it then still has the pixels.
      ...(pictures === 'whole'
        ? { side: Number.POSITIVE_INFINITY, maxBytes: 0 }
        : { side: Math.ceil(1.5 * (tower.size ?? 224)) }),
      signal,
      ...(boxes === undefined ? {} : { boxes }),
      onProgress: (progress) => {
        line.update(progress);
      },
    },
  ).finally(() => {
    line.end();
  });
}

/** Photos of BIOSCAN-5M lie in folders by the split of the table, whatever split is used. */
function sourceOf(
  { layout }: PhotoSettings,
  folder: string,
  folders: ReadonlyMap<string, string | undefined>,
): ImageFiles {
  if (layout === 'flat') return imageFolder(folder, { layout });
  const splitOf = (id: string): SplitName | undefined => splitNames.find((name) => name === folders.get(id));
  return imageFolder(folder, { imageType: layout, splitOf });
}

async function boxesIn(file: string, signal: AbortSignal): Promise<ReadonlyMap<string, BoundingBoxRecord>> {
  const boxes = new Map<string, BoundingBoxRecord>();
  for await (const record of readBoundingBoxes(file, { signal })) boxes.set(record.processId, record);
  return boxes;
}

function shifted(rows: ModalityRows<Picture>, first: number, count: number): ModalityRows<Picture> {
  return {
    has: (at) => at < count && rows.has(first + at),
    read: (wanted) => rows.read(wanted.map((at) => first + at)),
  };
}

function dnaRows(
  records: readonly Pick<SpecimenRow, 'barcode'>[],
  tower: DnaTowerSpec,
): ModalityRows<string> | ModalityRows<VectorViews> {
  const barcodes = records.map(({ barcode }) => barcode);
  return tower.kind === 'kmers' ? kmerRows(barcodes, tower.k) : inMemory(barcodes);
}

/** Square roots of k-mer frequencies, of length √(4^k): counted when they are asked for. */
function kmerRows(barcodes: readonly (string | undefined)[], k: number): ModalityRows<VectorViews> {
  const encoder = kmerEncoder({ k, weighting: 'frequency' });
  const scale = Math.sqrt(encoder.dimension);
  return {
    has: (at) => barcodes[at] !== undefined,
    read: async (wanted) => {
      const vectors = await encoder.encode(wanted.map((at) => barcodes[at] as string));
      return wanted.map((_, i) => [row(vectors, i).map((share) => scale * Math.sqrt(share))]);
    },
  };
}

function labelsOf(records: readonly SpecimenRow[]): AlignmentData['labels'] {
  return {
    ...Object.fromEntries(ranks.map((rank) => [rank, records.map(({ lineage }) => lineage[rank])])),
    bin: records.map(({ bin }) => bin),
    barcode: records.map(({ barcode }) => (barcode === undefined ? undefined : barcodeHash(barcode))),
  };
}

function hashOf(
  records: readonly Pick<SpecimenRow, 'processId' | 'lineage' | 'bin' | 'barcode'>[],
  photos = '',
): string {
  const lines = records.map(({ processId, lineage, bin, barcode }) =>
    JSON.stringify([processId, ranks.map((rank) => lineage[rank] ?? null), bin ?? null, barcode ?? null]),
  );
  return sha256([photos, ...lines].join('\n'));
}
