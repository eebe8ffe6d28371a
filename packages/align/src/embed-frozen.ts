import {
  collect,
  embed,
  rng,
  type EmbeddingBlock,
  type Progress,
  type Rng,
  type Runtime,
  type TrainingState,
} from '@bioscan/core';
import { exportEncoder, type Tower } from '@bioscan/graph';
import type { AlignmentData, ModalityRows } from './alignment-data.js';
import { embeddingOf, identified } from './model/embedding.js';
import { modalityColumn } from './model/columns.js';
import { vectorRows, type VectorViews } from './vectors.js';

/** A tower and its weights, under the tower's own names. */
export interface FrozenTower {
  readonly tower: Tower<never>;
  readonly weights: TrainingState;
}

export interface EmbedFrozenOptions {
  /** Augmented passes over the data beside the plain one; each costs as much. Default 0. */
  readonly augmented?: number;
  /** Seeds the augmentation. Default 0. */
  readonly seed?: number;
  /** Default 64. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  /** Over all passes. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Runs a frozen tower over a modality's rows once, so that training with {@link vectors} never opens it again.
 * Holds rows x (1 + augmented) x dimension x 4 bytes. Give the rows to the data with {@link withModality}.
 * @throws BioscanError `bad-input` when the data has no such modality, `cancelled`
 */
export async function embedFrozen(
  data: AlignmentData,
  name: string,
  { tower, weights }: FrozenTower,
  runtime: Pick<Runtime, 'open'>,
  options: EmbedFrozenOptions = {},
): Promise<ModalityRows<VectorViews>> {
  const { augmented = 0, seed = 0, batchSize = 64, signal, onProgress } = options;
  const column = modalityColumn(data, name);
  const rows = [...data.ids.keys()].filter((row) => column.has(row));
  const session = await runtime.open(exportEncoder(tower, weights));
  const pass = (at: number, random?: Rng): Promise<EmbeddingBlock> => {
    const encoder = {
      id: name,
      modality: 'image',
      dimension: tower.dimension,
      maxBatch: batchSize,
      provenance: { id: name, modality: 'image', dimension: tower.dimension, settings: {} },
      encode: async (batch: readonly unknown[]) =>
        embeddingOf((await session.run(tower.collate(batch as readonly never[], random)))['embedding']),
    } as const;
    const total = rows.length * (1 + augmented);
    return collect(
      embed(encoder, identified(data, column, rows, batchSize), {
        ...(signal === undefined ? {} : { signal }),
        onProgress: ({ done }) => onProgress?.({ done: at * rows.length + done, total }),
      }),
    );
  };
  try {
    const plain = await pass(0);
    const views: EmbeddingBlock[] = [];
    for (let at = 1; at <= augmented; at++) views.push(await pass(at, rng(seed).split(at)));
    return vectorRows(data.ids, plain, views);
  } finally {
    await session.close();
  }
}
