import { basename } from 'node:path';
import type { AlignmentData } from '@bioscan/align';
import { BioscanError, ranks, rng, type Runtime, type Store } from '@bioscan/core';
import type { ReferenceSpecimen } from '@bioscan/identify';
import { nodeStore } from '@bioscan/runtime/node';
import { alignRows, type AlignRows } from '../align/align-rows.js';
import { openAlignRun, readRowsRecord, type AlignRun } from '../align/open-align-run.js';
import { recordedPlan, type MovedFiles, type RowsRecord } from '../align/rows-record.js';
import type { CommandContext } from '../command-context.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import { alignedIdentifier } from './aligned-identifier.js';
import type { EmbeddedPhotos } from './embed-photos.js';
import { exportIdentifier, type ExportedIdentifier } from './export-identifier.js';
import type { ExportPhotosOptions } from './export-photos.js';
import { photoClusters } from './photo-clusters.js';
import { simulatedBanner } from './simulated-banner.js';

/** A run folder of `bioscan align`, and where its table and photos lie now. */
export interface ExportRunInput extends MovedFiles {
  readonly run: string;
  readonly name: string;
  readonly licence: string;
  readonly banner?: string;
}

export interface ExportedRun extends ExportedIdentifier {
  readonly setAside: EmbeddedPhotos['setAside'];
}

/**
 * Exports the identifier of an alignment run: its best parameters, its training rows as references (photos, and barcodes where they were
 * trained), its held-out rows to calibrate it.
 * @throws BioscanError `bad-input` for a run that is not finished, has no photos or held nothing out; `mismatch` for a table or photos that
 * changed since; what opening the run and exporting throw
 */
export async function exportRun(
  store: Store,
  runtime: Runtime,
  input: ExportRunInput,
  options: Omit<ExportPhotosOptions, 'signal'> & { readonly context: CommandContext },
): Promise<ExportedRun> {
  const { seed, novelPrior, keyPrecision, replace, context, say, onProgress } = options;
  const runStore = nodeStore(input.run);
  const run = await openAlignRun(input.run, runStore);
  const preprocessing = preprocessingOf(run, input.run);
  const record = await readRowsRecord(input.run, runStore);
  const plan = recordedPlan(record, input.run, input);
  const { modalities } = run.record;
  const rows = await alignRows({ ...plan, modalities }, input.run, context, { pictures: 'whole' });
  const { references, validation } = dealtRows(rows, record, input.run);
  const banner = input.banner ?? (await simulatedBanner(plan.table));
  const identifier = await alignedIdentifier(
    {
      ...{ model: run.model, state: run.state, preprocessing, references, validation },
      ...(modalities.dna === undefined ? {} : { dna: 'dna' }),
    },
    {
      name: input.name,
      records: [...specimensOf(references), ...specimensOf(validation)],
      facts: {
        dataHash: rows.data.hash,
        licence: input.licence,
        ...(banner === undefined ? {} : { banner }),
        limits: limitsOf(run),
        provenance: {
          run: `bioscan align, seed ${run.record.seed}, ${versionsOf(run)}`,
          references: `${basename(plan.table)}, ${references.ids.length} training specimens; ${validation.ids.length} held out by the run validate`,
          exported: `bioscan ${version}, seed ${seed}`,
        },
      },
    },
    runtime,
    { signal: context.signal, onProgress },
  );
  if (identifier.encoder.int8 === undefined) say('no 8-bit encoder: the photo tower has no layers for it');
  const clusters = photoClusters(await readRecords(plan.table, context));
  const exported = await exportIdentifier(
    store,
    { ...identifier, clusters },
    {
      ...{ rng: rng(seed), novelPrior, keyPrecision, replace },
      ...(options.ranks === undefined ? {} : { ranks: options.ranks }),
    },
  );
  return { ...exported, setAside: rows.rejectedPhotos.map(({ id, message }) => ({ photo: id, message })) };
}

function preprocessingOf(
  { record, finished }: AlignRun,
  folder: string,
): NonNullable<AlignRun['record']['photos']>['preprocessing'] {
  if (record.photos === undefined) {
    const names = Object.keys(record.modalities).join(', ');
    throw new BioscanError(
      'bad-input',
      `cli: ${folder}, got a run of ${names} without photos, expected the modality image: an identifier names photos`,
      { folder },
    );
  }
  if (!finished) {
    throw new BioscanError(
      'bad-input',
      `cli: ${folder}, got a run that is not finished, expected its last parameters; the same bioscan align command goes on where it stopped`,
      { folder },
    );
  }
  return record.photos.preprocessing;
}

/** Rows with a name. Those of another table or other photos than the run's would be no training rows. */
function dealtRows(
  { data, validation }: AlignRows,
  { hashes }: RowsRecord,
  folder: string,
): { references: AlignmentData; validation: AlignmentData } {
  if (data.hash !== hashes.training || validation?.hash !== hashes.validation) {
    throw new BioscanError(
      'mismatch',
      `cli: ${folder}, got ${data.ids.length} training rows that are not those of the run (records or photos changed since), expected the data of SHA-256 ${hashes.training.slice(0, 8)}; restore them, or align again`,
      { folder },
    );
  }
  const [keys, held] = [namedRows(data), validation === undefined ? undefined : namedRows(validation)];
  if (held !== undefined && photosIn(held) > 0 && photosIn(keys) > 0) return { references: keys, validation: held };
  throw new BioscanError(
    'bad-input',
    `cli: ${folder}, got ${photosIn(keys)} training and ${held === undefined ? 0 : photosIn(held)} held-out specimens with photo and name, expected some of both: the held-out ones calibrate the identifier`,
    { folder },
  );
}

function photosIn({ ids, modalities: { image } }: AlignmentData): number {
  return image === undefined ? 0 : [...ids.keys()].filter((row) => image.has(row)).length;
}

function namedRows(data: AlignmentData): AlignmentData {
  const named = specimensOf(data);
  const rows = [...data.ids.keys()].filter((row) => {
    const { lineage, bin } = named[row] as ReferenceSpecimen;
    return bin !== undefined || Object.keys(lineage).length > 0;
  });
  const at = (row: number): number => rows[row] as number;
  const modalities = Object.entries(data.modalities).map(([name, column]) => [
    name,
    {
      has: (row: number) => row < rows.length && column.has(at(row)),
      read: (wanted: readonly number[]) => column.read(wanted.map(at)),
    },
  ]);
  const labels = Object.entries(data.labels).map(([name, column]) => [name, rows.map((row) => column[row])]);
  return {
    ids: rows.map((row) => data.ids[row] as string),
    modalities: Object.fromEntries(modalities) as AlignmentData['modalities'],
    labels: Object.fromEntries(labels) as AlignmentData['labels'],
    hash: data.hash,
  };
}

function specimensOf({ ids, labels }: AlignmentData): ReferenceSpecimen[] {
  return ids.map((processId, row) => {
    const lineage = Object.fromEntries(
      ranks.flatMap((rank) => {
        const name = labels[rank]?.[row];
        return name === undefined ? [] : [[rank, name]];
      }),
    );
    const bin = labels['bin']?.[row];
    return { processId, lineage, ...(bin === undefined ? {} : { bin }) };
  });
}

function limitsOf({ record: { photos } }: AlignRun): string[] {
  return [
    'The validation photos also chose the checkpoint of the run: their figures are somewhat too good.',
    ...(photos?.cropped === true ? ['Photos must be cropped to the specimen, as bioscan crop does.'] : []),
  ];
}

function versionsOf({ config }: AlignRun): string {
  const { versions = {} } = config as { readonly versions?: Readonly<Record<string, string>> };
  return Object.entries(versions)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
