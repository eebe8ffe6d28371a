import { dirname, join, relative, sep } from 'node:path';
import { BioscanError, ranks, type Lineage } from '@bioscan/core';
import type { LabelledRecord } from '@bioscan/eval';
import type { ReferenceSpecimen } from '@bioscan/identify';
import { listPhotos, processIdOf } from '../crop/list-photos.js';

/** A photo whose name is known. */
export interface LabelledPhoto {
  readonly path: string;
  readonly truth: LabelledRecord;
}

/** Labelled photos, and those that no label was found for. */
export interface LabelledPhotos {
  readonly photos: readonly LabelledPhoto[];
  readonly unlabelled: readonly string[];
  readonly by: 'table' | 'folders';
}

/**
 * Labels the photos of a folder: by process id with a table, else by the name of the folder that each lies in (`Aedes aegypti`,
 * `Aedes_aegypti`, `Culicidae`). A name that some reference bears gets the names above it from there; another of two words is taken as a
 * species, and anything else is no label.
 * @throws BioscanError `bad-input` when no photo has a label
 */
export async function labelledPhotos(
  folder: string,
  references: readonly ReferenceSpecimen[],
  records?: Iterable<LabelledRecord>,
): Promise<LabelledPhotos> {
  const files = await listPhotos(folder);
  const truthOf = records === undefined ? byFolder(references) : byTable(records);
  const photos: LabelledPhoto[] = [];
  const unlabelled: string[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const truth = truthOf(file);
    if (truth === undefined) unlabelled.push(path);
    else photos.push({ path, truth: { ...truth, processId: path } });
  }
  if (photos.length > 0) return { photos, unlabelled, by: records === undefined ? 'folders' : 'table' };
  throw new BioscanError(
    'bad-input',
    `cli: pilot, got ${files.length} photos in ${folder} and no label, expected photos named by the table's process ids, or folders named by taxon such as '${relative('.', join(folder, 'Aedes aegypti'))}'`,
    { folder },
  );
}

type Truth = Pick<LabelledRecord, 'lineage' | 'bin'>;

function byTable(records: Iterable<LabelledRecord>): (file: string) => Truth | undefined {
  const byId = new Map([...records].map((record) => [record.processId, record]));
  return (file) => {
    const record = byId.get(processIdOf(file));
    const named = record !== undefined && (record.bin !== undefined || Object.keys(record.lineage).length > 0);
    return named ? record : undefined;
  };
}

function byFolder(references: readonly ReferenceSpecimen[]): (file: string) => Truth | undefined {
  const lineageOf = new Map<string, Lineage>();
  // Coarse to fine, so that a name at two ranks is taken at the coarser.
  for (const rank of ranks) {
    for (const { lineage } of references) {
      const name = lineage[rank];
      if (name !== undefined && !lineageOf.has(name.toLowerCase()))
        lineageOf.set(name.toLowerCase(), upTo(lineage, rank));
    }
  }
  return (file) => {
    const name = dirname(file).split(sep).at(-1)?.replaceAll('_', ' ').trim() ?? '';
    const known = lineageOf.get(name.toLowerCase());
    if (known !== undefined) return { lineage: known };
    const [genus, epithet, ...more] = name.split(' ');
    if (genus === undefined || epithet === undefined || more.length > 0) return undefined;
    return { lineage: { ...lineageOf.get(genus.toLowerCase()), genus, species: `${genus} ${epithet}` } };
  };
}

function upTo(lineage: Lineage, last: (typeof ranks)[number]): Lineage {
  const kept = ranks.slice(0, ranks.indexOf(last) + 1);
  return Object.fromEntries(kept.flatMap((rank) => (lineage[rank] === undefined ? [] : [[rank, lineage[rank]]])));
}
