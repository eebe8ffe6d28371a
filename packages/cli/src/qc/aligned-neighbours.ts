import { embeddingsOf, tensor, type EmbeddingBlock, type Neighbours, type Runtime } from '@bioscan/core';
import type { CrossModalInput, Library } from '@bioscan/qc';
import { exactNeighbours } from '@bioscan/runtime';

/** Photos and barcodes of a table in one aligned space, and what the model was fitted on. */
export interface AlignedSpace {
  readonly photos: EmbeddingBlock;
  readonly barcodes: EmbeddingBlock;
  /** Process ids of the rows that it learnt from, and of those that chose its parameters. */
  readonly seen: ReadonlySet<string>;
}

export interface AlignedNeighbours {
  /** Each record in a space whose model saw neither it, its barcode nor its plate; absent: no record has one. */
  readonly crossFitted?: CrossModalInput;
  /** Each record in a space whose model did see it: too good, for comparison only. */
  readonly inSample?: CrossModalInput;
  /** Records with photo and barcode that are scored cross-fitted. */
  readonly scored: number;
  /** Records with photo and barcode. */
  readonly total: number;
}

/** Neighbours asked for: copies and plate mates drop out of them. */
const k = 60;

/** Nearest barcodes of each photo and of each barcode, one key a barcode, by exact search in each space. */
export async function alignedNeighbours(
  library: Library,
  spaces: readonly AlignedSpace[],
  runtime: Runtime,
): Promise<AlignedNeighbours> {
  const paired = spaces.map(({ photos, barcodes }) => idsInBoth(photos, barcodes));
  const strangers = spaces.map(({ seen }) => strangerTo(library, seen));
  const taken = { crossFitted: new Set<string>(), inSample: new Set<string>() };
  const chosen = spaces.map(({ seen }, i) => {
    const [own, isStranger] = [paired[i] ?? [], strangers[i]];
    const take = (side: keyof typeof taken, fits: (id: string) => boolean): string[] => {
      const ids = own.filter((id) => fits(id) && !taken[side].has(id));
      for (const id of ids) taken[side].add(id);
      return ids;
    };
    return {
      crossFitted: take('crossFitted', (id) => isStranger?.(id) === true),
      inSample: take('inSample', (id) => seen.has(id)),
    };
  });
  const [crossFitted, inSample] = [
    await inputOf(library, spaces, chosen.map((one) => one.crossFitted), runtime),
    await inputOf(library, spaces, chosen.map((one) => one.inSample), runtime),
  ]; // prettier-ignore
  return {
    ...(crossFitted === undefined ? {} : { crossFitted }),
    ...(inSample === undefined ? {} : { inSample }),
    scored: taken.crossFitted.size,
    total: new Set(paired.flat()).size,
  };
}

function idsInBoth(photos: EmbeddingBlock, barcodes: EmbeddingBlock): string[] {
  const sequenced = new Set(barcodes.ids);
  return photos.ids.filter((id) => sequenced.has(id));
}

/** Whether a model never saw the record, its barcode or its plate. */
function strangerTo(library: Library, seen: ReadonlySet<string>): (id: string) => boolean {
  const { haplotypes, wells } = library;
  const records = [...seen].flatMap((id) => library.indexOf(id) ?? []);
  const barcodes = new Set(records.map((record) => haplotypes.of[record] as number));
  const plates = new Set(records.flatMap((record) => wells[record]?.plate ?? []));
  return (id) => {
    const record = library.indexOf(id);
    if (record === undefined || seen.has(id)) return false;
    const [barcode, plate] = [haplotypes.of[record] as number, wells[record]?.plate];
    return !(barcode >= 0 && barcodes.has(barcode)) && !(plate !== undefined && plates.has(plate));
  };
}

async function inputOf(
  library: Library,
  spaces: readonly AlignedSpace[],
  queries: readonly (readonly string[])[],
  runtime: Runtime,
): Promise<CrossModalInput | undefined> {
  const photo: Neighbours[] = [];
  const barcode: Neighbours[] = [];
  for (const [i, ids] of queries.entries()) {
    const space = spaces[i];
    if (space === undefined || ids.length === 0) continue;
    const keys = rowsOf(space.barcodes, oneEach(library, space.barcodes.ids));
    photo.push(await nearest(rowsOf(space.photos, ids), keys, runtime));
    barcode.push(await nearest(rowsOf(space.barcodes, ids), keys, runtime));
  }
  return photo.length === 0 ? undefined : { photo: joined(photo), barcode: joined(barcode) };
}

function nearest(queries: EmbeddingBlock, keys: EmbeddingBlock, runtime: Runtime): Promise<Neighbours> {
  const source = { id: 'aligned', modality: 'dna', dimension: keys.vectors.shape[1] ?? 0, settings: {} } as const;
  return exactNeighbours(runtime, embeddingsOf(queries, source), embeddingsOf(keys, source), {
    ...{ k, metric: 'cosine' },
    groupOf: (id) => id,
  });
}

/** The first id of each barcode. */
function oneEach(library: Library, ids: readonly string[]): string[] {
  const seen = new Set<number>();
  return ids.filter((id) => {
    const haplotype = library.haplotypes.of[library.indexOf(id) ?? -1] ?? -1;
    if (haplotype < 0 || seen.has(haplotype)) return false;
    seen.add(haplotype);
    return true;
  });
}

function rowsOf({ ids, vectors }: EmbeddingBlock, wanted: readonly string[]): EmbeddingBlock {
  const place = new Map(ids.map((id, row) => [id, row]));
  const d = vectors.shape[1] ?? 0;
  const data = new Float32Array(wanted.length * d);
  wanted.forEach((id, row) => {
    const from = (place.get(id) ?? 0) * d;
    data.set(vectors.data.subarray(from, from + d), row * d);
  });
  return { ids: wanted, vectors: tensor('float32', [wanted.length, d], data) };
}

/** Queries one after the other; keys of each search keep to themselves. */
function joined(parts: readonly Neighbours[]): Neighbours {
  const queryIds = parts.flatMap((part) => [...part.queryIds]);
  const index = new Int32Array(queryIds.length * k);
  const score = new Float32Array(queryIds.length * k);
  let [at, keys] = [0, 0];
  for (const part of parts) {
    const offset = keys;
    index.set(
      part.index.map((key) => (key < 0 ? -1 : key + offset)),
      at,
    );
    score.set(part.score, at);
    at += part.index.length;
    keys += part.keyIds.length;
  }
  return { queryIds, keyIds: parts.flatMap((part) => [...part.keyIds]), k, index, score, higherIsNearer: true };
}
