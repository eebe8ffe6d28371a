import { embedModality, exportModality, type Alignment, type AlignmentData, type FrozenTower } from '@bioscan/align';
import {
  isBioscanError,
  sha256,
  type EmbeddingBlock,
  type Picture,
  type Progress,
  type Runtime,
  type TrainingState,
} from '@bioscan/core';
import { exportPasses } from '@bioscan/graph';
import type { Preprocessing } from '@bioscan/vision';
import type { IdentifierInput } from './export-identifier.js';
import type { PictureSource } from './seen-by-encoder.js';

/** A trained alignment with the rows that become keys and those that check it. */
export interface AlignedIdentifier {
  readonly model: Pick<Alignment, 'modalities' | 'width'>;
  readonly state: TrainingState;
  /** Modality of photos. Default `image`. */
  readonly image?: string;
  /** Modality of barcodes, whose vectors may become keys too; absent: photos only. */
  readonly dna?: string;
  /** How the image tower wants its pictures, as it was trained. */
  readonly preprocessing: Preprocessing;
  /** The frozen tower below the image modality, where it was trained on vectors. */
  readonly below?: FrozenTower;
  readonly references: AlignmentData;
  /** Specimens that were neither trained on nor become keys. */
  readonly validation: AlignmentData;
}

export interface AlignedIdentifierOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: 'photos' | 'barcodes' | 'validation photos', progress: Progress) => void;
}

/** The rest of what an export needs. */
export type AlignedFacts = Pick<IdentifierInput, 'name' | 'records' | 'facts'>;

/**
 * What `exportIdentifier` takes, of a trained alignment: the image encoder as ONNX in float32 and, where it has layers for it, 8 bits; vectors
 * of reference photos and barcodes in the common space; vectors of validation photos.
 */
export async function alignedIdentifier(
  aligned: AlignedIdentifier,
  { name, records, facts }: AlignedFacts,
  runtime: Pick<Runtime, 'open'>,
  { signal, onProgress }: AlignedIdentifierOptions = {},
): Promise<IdentifierInput> {
  const { model, state, image = 'image', dna, preprocessing, below, references, validation } = aligned;
  const under = below === undefined ? {} : { below };
  const float32 = exportModality(model, state, image, { passes: exportPasses('float32'), ...under });
  const int8 = lighter(() => exportModality(model, state, image, { passes: exportPasses('int8'), ...under }));
  const embedded = (
    what: Parameters<NonNullable<typeof onProgress>>[0],
    modality: string,
    rows: AlignmentData,
  ): Promise<EmbeddingBlock> =>
    embedModality(model, state, modality, rows, runtime, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => onProgress?.(what, progress),
    });
  const keys = await embedded('photos', image, references);
  const barcodes = dna === undefined ? undefined : await embedded('barcodes', dna, references);
  const weights = sha256(float32);
  return {
    name,
    records,
    encoder: {
      id: `align-${image}-${weights.slice(0, 8)}`,
      dimension: model.width,
      preprocessing,
      float32,
      ...(int8 === undefined ? {} : { int8 }),
    },
    keys: { image: keys, ...(barcodes === undefined ? {} : { dna: barcodes }) },
    // Every key was trained on.
    keyOnly: new Set(),
    ...(below === undefined ? { source: { runtime, pictures: picturesOf(validation, image) } } : {}),
    validation: await embedded('validation photos', image, validation),
    facts: {
      ...facts,
      provenance: {
        encoder: `modalities ${Object.keys(model.modalities).join(', ')}, ${state.step} steps, SHA-256 ${weights}`,
        ...facts.provenance,
      },
    },
  };
}

/** Photos of an alignment's rows, where they are pictures. */
function picturesOf({ ids, modalities }: AlignmentData, image: string): PictureSource['pictures'] {
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const column = modalities[image];
  return async (wanted) => {
    const found = wanted.filter((id) => column?.has(rowOf.get(id) ?? -1) === true);
    const pictures = (await column?.read(found.map((id) => rowOf.get(id) as number))) ?? [];
    return found.map((id, i) => ({ id, picture: pictures[i] as Picture }));
  };
}

function lighter(exported: () => Uint8Array): Uint8Array | undefined {
  try {
    return exported();
  } catch (error) {
    if (isBioscanError(error) && error.code === 'bad-input') return undefined;
    throw error;
  }
}
