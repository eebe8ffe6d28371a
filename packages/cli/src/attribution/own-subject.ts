import { join } from 'node:path';
import type { AlignmentData } from '@bioscan/align';
import type { QuerySets, Subject, SubjectSource } from '@bioscan/align/controls';
import { BioscanError, rng, sha256, type Picture, type SplitName } from '@bioscan/core';
import { imageFolder, readBoundingBoxes, type BoundingBoxRecord, type SplitRecord } from '@bioscan/data';
import { datasetFiles } from '@bioscan/sim';
import { dataFolder } from '../align/data-folder.js';
import { photoRows } from '../align/photo-rows.js';
import type { CommandContext } from '../command-context.js';
import { simulatedBanner } from '../identifier/simulated-banner.js';
import { withoutPlaceholder } from '../open-world/sets.js';
import { readRecords } from '../read-records.js';
import { dealWorld, type DealOptions, type WorldDeal } from './deal-world.js';
import { photoViews, squareCrop } from './small-photo.js';
import { kmerMeanOf, studyRows, type StudyRecord } from './study-rows.js';
import { studyModalities, type StudySettings } from './study-settings.js';

export interface OwnSubjectOptions {
  readonly settings: StudySettings;
  readonly seed: number;
  readonly deal?: DealOptions;
}

/**
 * A folder laid out as BIOSCAN-5M as one subject: specimens dealt by species and BIN, not by its own splits; half of the species with queries choose
 * the grid, the other half is reported. Photos are read once, here.
 * @throws BioscanError `bad-input` without photos, or with too few named species for the protocol's sets
 */
export async function ownSubject(
  folder: string,
  options: OwnSubjectOptions,
  context: CommandContext,
): Promise<SubjectSource> {
  const { settings, seed, deal: dealOptions } = options;
  const records = await recordsOf(folder, settings, context);
  const deal = dealRecords(records, seed, dealOptions);
  const hash = sha256(
    JSON.stringify([
      ...['own', 2, settings, seed, deal],
      records.map(({ id, lineage, bin, barcode, photoHash }) => [id, lineage, bin, barcode, photoHash]),
    ]),
  );
  const banner = await simulatedBanner(join(folder, tableOf(folder)));
  const source = { name: folder, hash, queries: 'apart', ...(banner === undefined ? {} : { banner }) } as const;
  return { ...source, open };

  async function open(): Promise<Subject> {
    const random = rng(seed).split('views');
    const take = (positions: readonly number[]): StudyRecord[] => positions.map((at) => records[at] as OwnRecord);
    const training = take(deal.training).map((record) => ({
      ...record,
      photo: {
        plain: record.photo.plain,
        views: photoViews(record.photo.plain, settings.views, random.split(record.id)),
      },
    }));
    const kmerMean = await kmerMeanOf(training, settings);
    const rows = (list: readonly StudyRecord[], labels: 'record' | 'truth'): Promise<AlignmentData> =>
      studyRows(list, settings, { labels, kmerMean });
    // A key without a species answers nothing, and would stand before one that does.
    const named = deal.training.filter((at) => records[at]?.lineage.species !== undefined);
    const keys = await rows(take([...named, ...deal.unseenKeys]), 'truth');
    const sets = async (half: 0 | 1): Promise<QuerySets> => ({
      keys,
      seen: await rows(take(halved(records, deal.seenQueries, seed, half)), 'truth'),
      unseen: await rows(take(halved(records, deal.unseenQueries, seed, half)), 'truth'),
    });
    const [validation, test] = [await sets(0), await sets(1)];
    return { ...source, data: await rows(training, 'record'), modalities: studyModalities(settings), validation, test };
  }
}

function tableOf(folder: string): string {
  return dataFolder(folder).table ?? datasetFiles.metadata;
}

interface OwnRecord extends StudyRecord {
  readonly photoHash: string;
}

async function recordsOf(folder: string, settings: StudySettings, context: CommandContext): Promise<OwnRecord[]> {
  const { photos } = dataFolder(folder);
  if (photos === undefined)
    throw new BioscanError(
      'bad-input',
      `cli: ${folder}, got no photos, expected some; attribution asks what photos gain`,
    );
  const table = await readRecords(join(folder, tableOf(folder)), context);
  const folders = new Map([...table].map(({ processId, split }) => [processId, split as SplitName | undefined]));
  const named: SplitRecord[] = [...table].map(withoutPlaceholder);
  const images = imageFolder(join(folder, photos.folder), {
    splitOf: (id) => folders.get(id),
    ...(photos.layout === 'flat' ? { layout: 'flat' } : { imageType: photos.layout }),
  });
  const line = context.console.progress('photos');
  const boxes = photos.boxes === undefined ? undefined : await boxesOf(join(folder, photos.boxes));
  const read = await photoRows(
    images,
    named.map(({ processId }) => processId),
    {
      side: settings.size,
      signal: context.signal,
      onProgress: (progress) => {
        line.update(progress);
      },
      ...(boxes === undefined ? {} : { boxes }),
    },
  ).finally(() => {
    line.end();
  });
  if (read.missing + read.rejects.length > 0) {
    context.console.say(
      `set aside: ${read.missing} records without a photo, ${read.rejects.length} photos that cannot be read`,
    );
  }
  const rows = named.flatMap((_, row) => (read.rows.has(row) ? [row] : []));
  const pictures = await read.rows.read(rows);
  return rows.map((row, i) => {
    const { processId, lineage, bin, barcode } = named[row] as SplitRecord;
    const plain = wholeSquare(pictures[i] as Picture, settings.size);
    return {
      id: processId,
      lineage,
      ...(bin === undefined ? {} : { bin }),
      ...(barcode === undefined ? {} : { barcode }),
      photo: { plain, views: [] },
      photoHash: sha256(plain.data),
    };
  });
}

async function boxesOf(file: string): Promise<ReadonlyMap<string, BoundingBoxRecord>> {
  const found = new Map<string, BoundingBoxRecord>();
  for await (const record of readBoundingBoxes(file)) found.set(record.processId, record);
  return found;
}

function wholeSquare(picture: Picture, size: number): Picture {
  return squareCrop(picture, { x0: 0, y0: 0, x1: picture.width, y1: picture.height }, size);
}

/**
 * Deals records by species and BIN. Rows without a species train along and are never asked, unless their BIN or their barcode is that of a
 * species held out: they may be of it.
 */
export function dealRecords(
  records: readonly StudyRecord[],
  seed: number,
  options: DealOptions = fitting(records),
): WorldDeal {
  const numbers = new Map<string, number>();
  const named = records.flatMap(({ lineage }, at) => (lineage.species === undefined ? [] : [at]));
  const truth = named.map((at) => {
    const name = records[at]?.lineage.species as string;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return { species: numbers.get(name) as number };
  });
  const specimens = named.map((at) => {
    const { bin, barcode } = records[at] ?? {};
    return { ...(bin === undefined ? {} : { bin }), ...(barcode === undefined ? {} : { barcode }) };
  });
  const dealt = dealWorld({ truth, specimens }, seed, options);
  const back = (positions: readonly number[]): number[] => positions.map((at) => named[at] as number);
  const training = back(dealt.training);
  const isHeldOut = heldOut(records, training);
  const unnamed = records.flatMap((record, at) =>
    record.lineage.species === undefined && !isHeldOut(record) ? [at] : [],
  );
  return {
    training: [...training, ...unnamed],
    unseenKeys: back(dealt.unseenKeys),
    seenQueries: back(dealt.seenQueries),
    unseenQueries: back(dealt.unseenQueries),
  };
}

/** Tells records that share a BIN or a barcode with a species which no training row is named as. */
function heldOut(records: readonly StudyRecord[], training: readonly number[]): (record: StudyRecord) => boolean {
  const seen = new Set(training.map((at) => records[at]?.lineage.species));
  const unseen = records.filter(({ lineage: { species } }) => species !== undefined && !seen.has(species));
  const [bins, barcodes] = [new Set(unseen.map(({ bin }) => bin)), new Set(unseen.map(({ barcode }) => barcode))];
  return ({ bin, barcode }) => (bin !== undefined && bins.has(bin)) || (barcode !== undefined && barcodes.has(barcode));
}

/** The protocol's 100 seen and 50 unseen species where the data holds so many, half and a fifth of the species with queries where not. */
function fitting(records: readonly StudyRecord[]): DealOptions {
  const counts = new Map<string, number>();
  for (const { lineage } of records) {
    if (lineage.species !== undefined) counts.set(lineage.species, (counts.get(lineage.species) ?? 0) + 1);
  }
  const asked = [...counts.values()].filter((count) => count >= 8).length;
  return {
    seenSpecies: Math.max(4, Math.min(100, Math.floor(asked / 2))),
    unseenSpecies: Math.max(4, Math.min(50, Math.floor(asked / 5))),
  };
}

/** Queries of every second species, in an order of the seed's. */
function halved(records: readonly StudyRecord[], positions: readonly number[], seed: number, half: 0 | 1): number[] {
  const name = (at: number): string => records[at]?.lineage.species ?? '';
  const species = rng(seed)
    .split('halves')
    .shuffle([...new Set(positions.map(name))].sort());
  const own = new Set(species.filter((_, i) => i % 2 === half));
  return positions.filter((at) => own.has(name(at)));
}
