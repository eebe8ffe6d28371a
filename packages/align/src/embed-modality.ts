import {
  collect,
  embed,
  sha256,
  type EmbeddingBlock,
  type Encoder,
  type EncoderProvenance,
  type Modality as EncodedModality,
  type Progress,
  type Runtime,
  type TrainingState,
} from '@bioscan/core';
import type { ExportPass } from '@bioscan/graph';
import type { Alignment } from './alignment.js';
import type { AlignmentData } from './alignment-data.js';
import { exportModality } from './export-modality.js';
import { modalityColumn, modalityOf } from './model/columns.js';
import { embeddingOf, identified } from './model/embedding.js';

export interface ModalityEncoderOptions {
  /** Name for embedding files. Default: `align-<modality>-<first letters of the weights' hash>`. */
  readonly id?: string;
  /** Largest batch of a call. Default 64. */
  readonly batchSize?: number;
  readonly passes?: readonly ExportPass[];
  /** What the encoder is to others where the modality has a name of its own. Default: its name, else `image`. */
  readonly as?: EncodedModality;
}

/** An encoder that holds a session of the engine until it is closed. */
export interface ModalityEncoder<Input> extends Encoder<Input> {
  close(): Promise<void>;
}

/** Opens a trained modality as an encoder of unit vectors in the common space. Its provenance holds the SHA-256 of the exported model. */
export async function modalityEncoder<Input = unknown>(
  model: Pick<Alignment, 'modalities' | 'width'>,
  state: TrainingState,
  name: string,
  runtime: Pick<Runtime, 'open'>,
  options: ModalityEncoderOptions = {},
): Promise<ModalityEncoder<Input>> {
  const { batchSize = 64, passes = [], as = knownModality(name) } = options;
  const { tower } = modalityOf(model.modalities, name);
  const bytes = exportModality(model, state, name, { passes });
  const weights = sha256(bytes);
  const { id = `align-${name}-${weights.slice(0, 8)}` } = options;
  const settings = { modality: name, steps: state.step };
  const provenance: EncoderProvenance = { id, modality: as, dimension: model.width, weights, settings };
  const session = await runtime.open(bytes);
  return {
    id,
    modality: as,
    dimension: model.width,
    maxBatch: batchSize,
    provenance,
    encode: async (batch) => embeddingOf((await session.run(tower.collate(batch)))['embedding']),
    close: () => session.close(),
  };
}

export interface EmbedModalityOptions extends ModalityEncoderOptions {
  /** Rows of the data. Default: all. */
  readonly rows?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Unit vectors (n, width) of the rows that have the modality, with their ids, in the order of the rows. Inputs are read a batch at a time.
 * @throws BioscanError `bad-input` for an unknown modality, `cancelled`
 */
export async function embedModality(
  model: Pick<Alignment, 'modalities' | 'width'>,
  state: TrainingState,
  name: string,
  data: AlignmentData,
  runtime: Pick<Runtime, 'open'>,
  options: EmbedModalityOptions = {},
): Promise<EmbeddingBlock> {
  const { rows = data.ids.keys(), signal, onProgress, ...rest } = options;
  const column = modalityColumn(data, name);
  const present = [...rows].filter((row) => column.has(row));
  const encoder = await modalityEncoder(model, state, name, runtime, rest);
  try {
    return await collect(
      embed(encoder, identified(data, column, present, encoder.maxBatch), {
        total: present.length,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
    );
  } finally {
    await encoder.close();
  }
}

function knownModality(name: string): EncodedModality {
  return name === 'dna' || name === 'text' ? name : 'image';
}
